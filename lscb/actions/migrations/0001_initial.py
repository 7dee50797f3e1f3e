import django.db.models.deletion
import django.db.models.expressions
import lscb.accounts.permissions
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('actions', '0002_case_access'), ('actions', '0003_progress_and_impact')]

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('files', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ActionPlan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200)),
                ('group', models.SlugField(blank=True, help_text='Code of the group that watches it; groups live a floor above')),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
                ('permission', models.CharField(choices=[('read_actions', 'Read action plans that are not confidential'), ('read_returns', "Read every agency's returns"), ('read_case_reviews', 'Read case reviews and their action plans'), ('read_child_deaths', 'Read anonymised papers of child deaths')], default=lscb.accounts.permissions.Permission['READ_ACTIONS'], max_length=40)),
                ('opened_on', models.DateField()),
                ('case', models.UUIDField(blank=True, editable=False, help_text='Key of the case that people may be let into or kept out of', null=True)),
            ],
            options={
                'ordering': ['title'],
                'constraints': [models.CheckConstraint(condition=models.Q(('permission', lscb.accounts.permissions.Permission['READ_ACTIONS']), models.Q(('group', ''), _negated=True), ('agency__isnull', False), _connector='OR'), name='confidential_plan_names_who_watches_it'), models.CheckConstraint(condition=models.Q(('permission__in', ['read_actions', 'read_returns', 'read_case_reviews', 'read_child_deaths'])), name='plan_is_read_with_a_known_permission')],
            },
        ),
        migrations.CreateModel(
            name='QuarterlyReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='actions.actionplan')),
                ('held_on', models.DateField()),
                ('forum', models.CharField(max_length=200)),
                ('notes', models.TextField(blank=True, help_text='What was said, for the minutes')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opening', models.PositiveIntegerField()),
                ('added', models.PositiveIntegerField()),
                ('reopened', models.PositiveIntegerField(default=0, help_text='Of those added')),
                ('signed_off', models.PositiveIntegerField()),
                ('withdrawn', models.PositiveIntegerField()),
                ('closing', models.PositiveIntegerField()),
            ],
            options={
                'ordering': ['plan', 'held_on'],
                'constraints': [models.UniqueConstraint(fields=('plan', 'held_on'), name='one_review_of_a_plan_on_a_day'), models.CheckConstraint(condition=models.Q(('closing', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('opening'), '+', models.F('added')), '-', models.F('signed_off')), '-', models.F('withdrawn')))), name='opening_and_added_less_done_is_closing'), models.CheckConstraint(condition=models.Q(('reopened__lte', models.F('added'))), name='reopened_are_among_the_added')],
            },
        ),
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='actions.actionplan')),
                ('number', models.PositiveIntegerField(help_text='Counts within its plan')),
                ('what', models.TextField()),
                ('intended_outcome', models.TextField(blank=True, help_text='What children should notice')),
                ('starts_on', models.DateField()),
                ('original_due', models.DateField()),
                ('due', models.DateField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('proposed', 'Proposed complete'), ('signed_off', 'Signed off'), ('superseded', 'Superseded'), ('withdrawn', 'Withdrawn')], default='open', max_length=10)),
                ('replaced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='actions.action')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['plan', 'number'],
                'indexes': [models.Index(fields=['state', 'due'], name='actions_by_state_and_due')],
                'constraints': [models.UniqueConstraint(fields=('plan', 'number'), name='one_action_of_a_number_in_a_plan'), models.CheckConstraint(condition=models.Q(('original_due__gte', models.F('starts_on'))), name='action_is_due_after_it_starts'), models.CheckConstraint(condition=models.Q(('due__gte', models.F('starts_on'))), name='action_moves_to_after_it_starts'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'proposed', 'signed_off', 'superseded', 'withdrawn'])), name='action_has_a_known_state'), models.CheckConstraint(condition=models.Q(('replaced_by__isnull', True), models.Q(('state', 'superseded'), models.Q(('replaced_by', models.F('id')), _negated=True)), _connector='OR'), name='only_a_superseded_action_is_replaced')],
            },
        ),
        migrations.CreateModel(
            name='ActionEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='actions.action')),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='action_entries', to='accounts.agency')),
                ('owner', models.CharField(blank=True, help_text="A position, not a person's name", max_length=150)),
                ('is_lead', models.BooleanField(default=False)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='action_entries', to=settings.AUTH_USER_MODEL)),
                ('progress', models.CharField(blank=True, choices=[('on_track', 'On track'), ('at_risk', 'At risk'), ('off_track', 'Off track'), ('done', 'Done')], max_length=10)),
                ('evidence', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name_plural': 'action entries',
                'ordering': ['-is_lead', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('action', 'agency'), name='one_entry_per_agency_in_an_action'), models.UniqueConstraint(condition=models.Q(('is_lead', True)), fields=('action',), name='one_lead_per_action'), models.CheckConstraint(condition=models.Q(('agency__isnull', False), models.Q(('owner', ''), _negated=True), _connector='OR'), name='entry_names_an_agency_or_an_owner'), models.CheckConstraint(condition=models.Q(('progress__in', ['', 'on_track', 'at_risk', 'off_track', 'done'])), name='entry_has_a_known_progress')],
            },
        ),
        migrations.CreateModel(
            name='ActionEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='actions.action')),
                ('kind', models.CharField(choices=[('added', 'Added'), ('proposed', 'Proposed complete'), ('sent_back', 'Sent back'), ('signed_off', 'Signed off'), ('reopened', 'Re-opened'), ('superseded', 'Superseded'), ('withdrawn', 'Withdrawn')], max_length=10)),
                ('on', models.DateField()),
                ('meeting', models.CharField(blank=True, help_text='Where it was agreed', max_length=200)),
                ('reason', models.TextField(blank=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['on', 'pk'],
                'indexes': [models.Index(fields=['action', 'on', 'id'], name='events_of_an_action_by_day')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'added')), fields=('action',), name='action_is_added_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('sent_back', 'reopened', 'withdrawn', 'superseded')), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='action_event_has_its_reason'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'signed_off'), _negated=True), models.Q(('meeting', ''), _negated=True), _connector='OR'), name='sign_off_names_the_meeting')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='actions.action')),
                ('entry', models.ForeignKey(blank=True, help_text='Whose part it tells of', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='actions.actionentry')),
                ('on', models.DateField()),
                ('text', models.TextField()),
                ('progress', models.CharField(blank=True, choices=[('on_track', 'On track'), ('at_risk', 'At risk'), ('off_track', 'Off track'), ('done', 'Done')], max_length=10)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('progress__in', ['', 'on_track', 'at_risk', 'off_track', 'done'])), name='note_has_a_known_progress'), models.CheckConstraint(condition=models.Q(('progress', ''), ('entry__isnull', False), _connector='OR'), name='reported_progress_is_of_somebodys_part')],
            },
        ),
        migrations.CreateModel(
            name='EvidenceFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='actions.actionentry')),
                ('attachment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='files.attachment')),
                ('on', models.DateField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DueDateMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='actions.action')),
                ('moved_from', models.DateField()),
                ('moved_to', models.DateField()),
                ('reason', models.TextField()),
                ('on', models.DateField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('moved_from', models.F('moved_to')), _negated=True), name='due_date_moves_to_another_day'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='due_date_moves_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ImpactCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='impact_check', to='actions.actionevent')),
                ('difference', models.CharField(choices=[('yes', 'Yes'), ('partly', 'Partly'), ('no', 'No')], max_length=10)),
                ('words', models.TextField(help_text='What children notice, and how that is known')),
                ('on', models.DateField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='impact_is_told_in_words'), models.CheckConstraint(condition=models.Q(('difference__in', ['yes', 'partly', 'no'])), name='impact_has_a_known_answer')],
            },
        ),
    ]
