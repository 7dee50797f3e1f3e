import django.db.models.deletion
import lscb.common.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('audits', '0001_multiagency'), ('audits', '0002_returns')]

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('actions', '0001_initial'),
        ('boards', '0001_initial'),
        ('files', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Framework',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('audience', models.CharField(choices=[('agencies', 'Agencies'), ('schools', 'Schools')], max_length=8)),
                ('version', models.PositiveSmallIntegerField(help_text='Counts within its audience')),
                ('title', models.CharField(max_length=150)),
                ('duty', models.CharField(help_text='The law that it asks about, as the board names it', max_length=200)),
                ('edition', models.CharField(blank=True, help_text='The edition of the guidance it is tied to', max_length=150)),
                ('declaration', models.TextField(help_text='What is declared by signing')),
                ('locked_at', models.DateTimeField(blank=True, help_text='When a round first used it', null=True)),
            ],
            options={
                'ordering': ['audience', '-version'],
                'constraints': [models.UniqueConstraint(fields=('audience', 'version'), name='one_framework_of_a_version'), models.CheckConstraint(condition=models.Q(('audience__in', ['agencies', 'schools'])), name='framework_audience_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Standard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('framework', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='standards', to='audits.framework')),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=150)),
                ('summary', models.TextField(blank=True, help_text='What children should be able to rely on')),
                ('theme', models.CharField(blank=True, help_text='For a standard of one year only', max_length=80)),
            ],
            options={
                'ordering': ['framework', 'number'],
                'constraints': [models.UniqueConstraint(fields=('framework', 'number'), name='one_standard_of_a_number'), models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='standards_count_from_one')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='audits.standard')),
                ('number', models.PositiveSmallIntegerField()),
                ('key', models.SlugField(max_length=60)),
                ('text', models.CharField(max_length=300)),
                ('guidance', models.TextField(blank=True)),
                ('evidence_hint', models.TextField(blank=True, verbose_name='evidence that helps')),
            ],
            options={
                'ordering': ['standard__number', 'number'],
                'constraints': [models.UniqueConstraint(fields=('standard', 'number'), name='one_question_of_a_number_in_a_standard'), models.UniqueConstraint(fields=('standard', 'key'), name='one_question_of_a_key_in_a_standard')],
            },
        ),
        migrations.CreateModel(
            name='Option',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('framework', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='audits.framework')),
                ('order', models.PositiveSmallIntegerField()),
                ('label', models.CharField(max_length=60)),
                ('meaning', models.CharField(blank=True, max_length=200)),
                ('points', models.PositiveSmallIntegerField()),
                ('is_compliant', models.BooleanField(verbose_name='meets the standard')),
                ('needs_action', models.BooleanField(verbose_name='something must be improved')),
            ],
            options={
                'ordering': ['framework', 'order'],
                'constraints': [models.UniqueConstraint(fields=('framework', 'order'), name='one_grade_of_an_order'), models.UniqueConstraint(fields=('framework', 'label'), name='one_grade_of_a_label'), models.CheckConstraint(condition=models.Q(('is_compliant', True), ('needs_action', True), _connector='OR'), name='what_does_not_comply_needs_an_action')],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=150)),
                ('year', lscb.common.models.FinancialYearField()),
                ('framework', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='audits.framework')),
                ('is_cross_area', models.BooleanField(default=False)),
                ('asks_for', models.CharField(choices=[('full', 'A full return'), ('update', 'An update')], default='full', max_length=6)),
                ('opens_on', models.DateField()),
                ('due_on', models.DateField(verbose_name='deadline')),
                ('panel_on', models.DateField(blank=True, null=True, verbose_name='panel meets on')),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('areas', models.ManyToManyField(blank=True, related_name='+', to='accounts.area')),
            ],
            options={
                'ordering': ['-year', 'title'],
                'constraints': [models.UniqueConstraint(fields=('year', 'title'), name='one_round_of_a_title_in_a_year'), models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('opens_on'))), name='round_is_due_after_it_opens'), models.CheckConstraint(condition=models.Q(('asks_for__in', ['full', 'update'])), name='round_asks_for_something_known'), models.CheckConstraint(condition=models.Q(('closed_on__isnull', True), ('closed_on__gte', models.F('opens_on')), _connector='OR'), name='round_closes_after_it_opens'), models.CheckConstraint(condition=models.Q(('panel_on__isnull', True), ('panel_on__gte', models.F('opens_on')), _connector='OR'), name='panel_meets_after_the_round_opens')],
            },
        ),
        migrations.CreateModel(
            name='ReturnCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', lscb.common.models.FinancialYearField(unique=True)),
                ('last', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='audits.round')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='accounts.agency')),
                ('year', lscb.common.models.FinancialYearField()),
                ('number', models.PositiveIntegerField(help_text='Counts within its year, without gaps')),
                ('asks_for', models.CharField(choices=[('full', 'A full return'), ('update', 'An update')], default='full', max_length=6)),
                ('asked_because', models.CharField(blank=True, help_text='Why it is asked out of turn', max_length=200)),
                ('original_due', models.DateField()),
                ('due_on', models.DateField()),
                ('status', models.CharField(choices=[('not_started', 'Not started'), ('in_progress', 'In progress'), ('awaiting', 'Awaiting sign-off'), ('submitted', 'Submitted'), ('queried', 'Queries raised'), ('resubmitted', 'Resubmitted'), ('moderated', 'Moderated'), ('feedback', 'Feedback issued'), ('closed', 'Closed'), ('not_required', 'Not required'), ('deferred', 'Deferred')], default='not_started', max_length=12)),
                ('excuse', models.TextField(blank=True, help_text='Why it is deferred or not required', verbose_name='reason')),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('feedback_at', models.DateTimeField(blank=True, null=True)),
                ('plan', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='from_return', to='actions.actionplan')),
            ],
            options={
                'ordering': ['-year', 'number'],
                'indexes': [models.Index(fields=['status', 'due_on'], name='returns_by_status_and_due')],
                'constraints': [models.UniqueConstraint(fields=('round', 'agency'), name='one_return_per_agency_and_round'), models.UniqueConstraint(fields=('year', 'number'), name='one_return_of_a_number_in_a_year'), models.CheckConstraint(condition=models.Q(('status__in', ['not_started', 'in_progress', 'awaiting', 'submitted', 'queried', 'resubmitted', 'moderated', 'feedback', 'closed', 'not_required', 'deferred'])), name='return_status_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('submitted', 'queried', 'resubmitted', 'moderated', 'feedback', 'closed')), ('submitted_at__isnull', False)), models.Q(models.Q(('status__in', ('submitted', 'queried', 'resubmitted', 'moderated', 'feedback', 'closed')), _negated=True), ('submitted_at__isnull', True)), _connector='OR'), name='submitted_return_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('feedback_at__isnull', False), ('status__in', ('feedback', 'closed'))), models.Q(models.Q(('status__in', ('feedback', 'closed')), _negated=True), ('feedback_at__isnull', True)), _connector='OR'), name='return_with_feedback_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['not_required', 'deferred']), _negated=True), models.Q(('excuse', ''), _negated=True), _connector='OR'), name='return_is_excused_with_a_reason'), models.CheckConstraint(condition=models.Q(('asks_for__in', ['full', 'update'])), name='return_asks_for_something_known')],
            },
        ),
        migrations.CreateModel(
            name='ReturnEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_return', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='audits.return')),
                ('happened', models.CharField(choices=[('asked', 'Asked for'), ('started', 'Started'), ('ready', 'Ready to sign'), ('taken_back', 'Taken back to change it'), ('submitted', 'Submitted'), ('queried', 'Queries raised'), ('resubmitted', 'Queries answered'), ('moderated', 'Moderated'), ('feedback', 'Feedback issued'), ('closed', 'Closed'), ('excused', 'Not required'), ('deferred', 'Deferred'), ('required', 'Required after all'), ('chased', 'Reminded')], max_length=12)),
                ('at', models.DateTimeField()),
                ('text', models.TextField(blank=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('who', models.CharField(blank=True, max_length=150)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_return', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='audits.return')),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.standard')),
                ('is_completed', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['standard__number'],
                'constraints': [models.UniqueConstraint(fields=('of_return', 'standard'), name='one_section_per_standard')],
            },
        ),
        migrations.CreateModel(
            name='Contributor',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('of_return', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contributors', to='audits.return')),
                ('standard', models.ForeignKey(blank=True, help_text='Empty for who signs', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.standard')),
                ('name', models.CharField(max_length=120)),
                ('email', models.EmailField(max_length=254)),
                ('invited_at', models.DateTimeField()),
                ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(blank=True, help_text='Taken back, or spent by signing', null=True)),
            ],
            options={
                'ordering': ['invited_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('of_return', 'standard', 'email'), name='one_open_invitation_to_a_standard'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True), ('standard__isnull', True)), fields=('of_return',), name='one_second_signatory_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_return', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signatures', to='audits.return')),
                ('capacity', models.CharField(choices=[('lead', 'Lead of the agency'), ('head', 'Head teacher'), ('governor', 'Safeguarding governor')], max_length=8)),
                ('name', models.CharField(max_length=120)),
                ('position', models.CharField(max_length=150)),
                ('signed_at', models.DateTimeField()),
                ('signed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['signed_at'],
                'constraints': [models.UniqueConstraint(fields=('of_return', 'capacity'), name='one_signature_in_a_capacity'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('position', ''), _negated=True)), name='signature_has_name_and_position')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('of_return', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='audits.return')),
                ('number', models.PositiveSmallIntegerField()),
                ('sent_at', models.DateTimeField()),
                ('content', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['of_return', '-number'],
                'constraints': [models.UniqueConstraint(fields=('of_return', 'number'), name='one_submission_of_a_number')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_return', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='audits.return')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='audits.question')),
                ('option', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.option', verbose_name='grade')),
                ('not_applicable', models.BooleanField(default=False)),
                ('why_not', models.TextField(blank=True, verbose_name='why it does not apply')),
                ('evidence', models.TextField(blank=True)),
                ('improvement', models.TextField(blank=True, verbose_name='what will be improved')),
                ('improve_by', models.DateField(blank=True, null=True, verbose_name='improved by')),
                ('carried_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.answer')),
                ('to_confirm', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=0)),
                ('saved_from', models.CharField(blank=True, max_length=32)),
                ('saved_at', models.DateTimeField(blank=True, null=True)),
                ('saved_by_name', models.CharField(blank=True, max_length=120)),
            ],
            options={
                'ordering': ['question__standard__number', 'question__number'],
                'constraints': [models.UniqueConstraint(fields=('of_return', 'question'), name='one_answer_per_question'), models.CheckConstraint(condition=models.Q(('not_applicable', False), ('option__isnull', True), _connector='OR'), name='not_applicable_has_no_grade'), models.CheckConstraint(condition=models.Q(('to_confirm', False), ('carried_from__isnull', False), _connector='OR'), name='only_a_carried_answer_is_to_confirm')],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='audits.answer')),
                ('attachment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.attachment')),
            ],
            options={
                'verbose_name_plural': 'evidence',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='AuditTool',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=150, unique=True)),
            ],
            options={
                'ordering': ['title'],
            },
        ),
        migrations.CreateModel(
            name='AuditQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tool', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='audits.audittool')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
            ],
            options={
                'ordering': ['tool', 'number'],
                'constraints': [models.UniqueConstraint(fields=('tool', 'number'), name='one_audit_question_of_a_number')],
            },
        ),
        migrations.CreateModel(
            name='AuditGrade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tool', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grades', to='audits.audittool')),
                ('rank', models.PositiveSmallIntegerField()),
                ('label', models.CharField(max_length=60)),
            ],
            options={
                'ordering': ['tool', 'rank'],
                'constraints': [models.UniqueConstraint(fields=('tool', 'rank'), name='one_audit_grade_of_a_rank'), models.UniqueConstraint(fields=('tool', 'label'), name='one_audit_grade_of_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Audit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=150)),
                ('kind', models.CharField(choices=[('jtai', 'JTAI dry run'), ('met', 'Missing, exploited, trafficked (MET)'), ('thematic', 'Thematic'), ('single_agency', 'Single agency')], max_length=15)),
                ('subject', models.CharField(blank=True, max_length=60)),
                ('lead_group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audits_led', to='boards.group')),
                ('looking_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audits_watched', to='boards.group')),
                ('scheduled_from', models.DateField()),
                ('scheduled_to', models.DateField()),
                ('terms_of_reference', models.TextField(blank=True)),
                ('team', models.TextField(blank=True, help_text='Positions, one on each line', verbose_name='audit team')),
                ('period_from', models.DateField(blank=True, null=True, verbose_name='period audited from')),
                ('period_to', models.DateField(blank=True, null=True, verbose_name='period audited to')),
                ('fieldwork_from', models.DateField(blank=True, null=True)),
                ('fieldwork_to', models.DateField(blank=True, null=True)),
                ('tool', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audits', to='audits.audittool')),
                ('summary', models.TextField(blank=True, verbose_name='what the audit found')),
                ('stage', models.CharField(choices=[('planned', 'Planned'), ('fieldwork', 'Fieldwork'), ('moderation', 'Moderation'), ('reported', 'Findings reported'), ('closed', 'Closed'), ('cancelled', 'Not carried out')], default='planned', max_length=10)),
                ('plan', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit', to='actions.actionplan')),
                ('small_numbers_shown_on', models.DateField(blank=True, null=True)),
                ('small_numbers_shown_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('small_numbers_because', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('themes', models.ManyToManyField(blank=True, related_name='audits', to='boards.theme')),
            ],
            options={
                'ordering': ['scheduled_from', 'title'],
                'constraints': [models.CheckConstraint(condition=models.Q(('scheduled_to__isnull', True), ('scheduled_to__gte', models.F('scheduled_from')), _connector='OR'), name='audit_is_scheduled_forwards'), models.CheckConstraint(condition=models.Q(models.Q(('period_from__isnull', True), ('period_to__isnull', True)), models.Q(('period_from__isnull', False), ('period_to__isnull', False)), _connector='OR'), name='audited_period_has_both_ends'), models.CheckConstraint(condition=models.Q(('period_to__isnull', True), ('period_to__gte', models.F('period_from')), _connector='OR'), name='audited_period_runs_forwards'), models.CheckConstraint(condition=models.Q(models.Q(('fieldwork_from__isnull', True), ('fieldwork_to__isnull', True)), models.Q(('fieldwork_from__isnull', False), ('fieldwork_to__isnull', False)), _connector='OR'), name='fieldwork_has_both_ends'), models.CheckConstraint(condition=models.Q(('fieldwork_to__isnull', True), ('fieldwork_to__gte', models.F('fieldwork_from')), _connector='OR'), name='fieldwork_runs_forwards'), models.CheckConstraint(condition=models.Q(('stage__in', ['planned', 'fieldwork', 'moderation', 'reported', 'closed', 'cancelled'])), name='audit_stage_is_known'), models.CheckConstraint(condition=models.Q(('looking_on__isnull', True), models.Q(('looking_on', models.F('lead_group')), _negated=True), _connector='OR'), name='another_group_looks_on'), models.CheckConstraint(condition=models.Q(models.Q(('small_numbers_because', ''), ('small_numbers_shown_by__isnull', True), ('small_numbers_shown_on__isnull', True)), models.Q(('small_numbers_shown_by__isnull', False), ('small_numbers_shown_on__isnull', False), models.Q(('small_numbers_because', ''), _negated=True)), _connector='OR'), name='small_numbers_are_shown_by_somebody_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='audits.audit')),
                ('happened', models.CharField(choices=[('planned', 'Planned'), ('changed', 'Changed'), ('began', 'Fieldwork began'), ('asked', 'Agencies asked'), ('chased', 'Agencies chased'), ('returns_closed', 'Returns closed'), ('reported', 'Findings reported'), ('closed', 'Closed'), ('cancelled', 'Not carried out')], max_length=15)),
                ('on', models.DateField()),
                ('text', models.TextField(blank=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-on', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('happened__in', ['planned', 'began', 'returns_closed', 'reported', 'closed', 'cancelled'])), fields=('audit', 'happened'), name='audit_reaches_a_stage_once'), models.CheckConstraint(condition=models.Q(models.Q(('happened', 'cancelled'), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='audit_not_carried_out_has_its_reason')],
            },
        ),
        migrations.CreateModel(
            name='AuditWorkshop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='workshops', to='audits.audit')),
                ('held_on', models.DateField()),
                ('about', models.CharField(max_length=200)),
            ],
            options={
                'ordering': ['audit', 'held_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AuditCase',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('audit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='audits.audit')),
                ('number', models.PositiveSmallIntegerField()),
                ('pseudonym', models.CharField(max_length=40)),
                ('age_band', models.CharField(choices=[('unborn', 'Before birth'), ('under_1', 'Under 1'), ('1_4', '1 to 4'), ('5_9', '5 to 9'), ('10_14', '10 to 14'), ('15_17', '15 to 17')], max_length=10)),
                ('risk', models.CharField(choices=[('high', 'High'), ('medium', 'Medium'), ('lower', 'Lower')], max_length=10, verbose_name='risk level')),
                ('plan_status', models.CharField(choices=[('none', 'No plan'), ('early_help', 'Early help'), ('in_need', 'Child in need'), ('disability', 'Child in need, disability'), ('protection', 'Child protection'), ('looked_after', 'Looked after')], max_length=15)),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.auditgrade')),
                ('outcome', models.CharField(blank=True, choices=[('reduced', 'Risk reduced'), ('static', 'Risk static'), ('ongoing', 'Risk ongoing')], max_length=10, verbose_name='outcome for the child')),
                ('outcome_note', models.TextField(blank=True, verbose_name='what changed for the child')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['audit', 'number'],
                'constraints': [models.UniqueConstraint(fields=('audit', 'number'), name='one_case_of_a_number_in_an_audit'), models.UniqueConstraint(fields=('audit', 'pseudonym'), name='one_case_of_a_pseudonym_in_an_audit')],
            },
        ),
        migrations.CreateModel(
            name='AuditReturn',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='audits.auditcase')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audit_returns', to='accounts.agency')),
                ('asked_on', models.DateField()),
                ('due', models.DateField()),
                ('status', models.CharField(choices=[('due', 'Due'), ('received', 'Received'), ('no_involvement', 'No involvement'), ('no_return', 'No return')], default='due', max_length=15)),
                ('received_on', models.DateField(blank=True, null=True)),
                ('own_grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.auditgrade')),
                ('account', models.TextField(blank=True, verbose_name='what the agency found')),
                ('sent_back_because', models.TextField(blank=True, verbose_name='what was missing')),
                ('moderated_grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.auditgrade')),
                ('moderation_reason', models.TextField(blank=True, verbose_name='reason for the moderated grade')),
                ('version', models.PositiveIntegerField(default=1)),
                ('files', models.ManyToManyField(blank=True, related_name='audit_returns', to='files.attachment')),
            ],
            options={
                'ordering': ['case', 'agency__name'],
                'indexes': [models.Index(fields=['status', 'due'], name='audit_returns_by_due')],
                'constraints': [models.UniqueConstraint(fields=('case', 'agency'), name='one_return_of_an_agency_for_a_case'), models.CheckConstraint(condition=models.Q(('due__gte', models.F('asked_on'))), name='audit_return_is_due_after_it_is_asked'), models.CheckConstraint(condition=models.Q(models.Q(('received_on__isnull', False), ('status__in', ['received', 'no_involvement'])), models.Q(('received_on__isnull', True), ('status__in', ['due', 'no_return'])), _connector='OR'), name='audit_return_that_came_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'received'), _negated=True), ('own_grade__isnull', False), _connector='OR'), name='received_audit_return_has_its_own_grade'), models.CheckConstraint(condition=models.Q(models.Q(('moderated_grade__isnull', True), ('moderation_reason', '')), models.Q(('moderated_grade__isnull', False), ('status', 'received'), models.Q(('moderation_reason', ''), _negated=True)), _connector='OR'), name='moderated_grade_of_a_received_return_has_its_reason')],
            },
        ),
        migrations.CreateModel(
            name='AuditAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audit_return', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='audits.auditreturn')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.auditquestion')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.auditgrade')),
                ('evidence', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['audit_return', 'question__number'],
                'constraints': [models.UniqueConstraint(fields=('audit_return', 'question'), name='one_answer_to_an_audit_question')],
            },
        ),
        migrations.CreateModel(
            name='AuditFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='audits.audit')),
                ('number', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('strength', 'Strength'), ('gap', 'Gap')], max_length=10)),
                ('theme', models.CharField(max_length=80)),
                ('text', models.TextField()),
                ('public', models.TextField(blank=True, verbose_name='words for the annual report')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['audit', 'number'],
                'constraints': [models.UniqueConstraint(fields=('audit', 'number'), name='one_finding_of_a_number_in_an_audit')],
            },
        ),
        migrations.CreateModel(
            name='AuditRecommendation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='audits.audit')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('actions', models.ManyToManyField(blank=True, related_name='audit_recommendations', to='actions.action')),
            ],
            options={
                'ordering': ['audit', 'number'],
                'constraints': [models.UniqueConstraint(fields=('audit', 'number'), name='one_recommendation_of_a_number_in_an_audit')],
            },
        ),
        migrations.CreateModel(
            name='ModeratedGrade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='moderated', to='audits.answer')),
                ('option', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.option', verbose_name='grade')),
                ('reason', models.TextField(blank=True)),
                ('moderated_at', models.DateTimeField()),
                ('moderated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['answer'],
            },
        ),
        migrations.CreateModel(
            name='PanelQuery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_return', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='queries', to='audits.return')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.question')),
                ('text', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reply', models.TextField(blank=True)),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'panel queries',
                'ordering': ['question__standard__number', 'question__number', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='query_asks_something'), models.CheckConstraint(condition=models.Q(models.Q(('reply', ''), ('replied_at__isnull', True)), models.Q(models.Q(('reply', ''), _negated=True), ('replied_at__isnull', False)), _connector='OR'), name='reply_says_when')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_return', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='audits.return')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.area')),
                ('standard', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.standard')),
                ('text', models.TextField()),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name_plural': 'feedback',
                'ordering': ['of_return', 'area', 'standard__number'],
                'constraints': [models.UniqueConstraint(fields=('of_return', 'area', 'standard'), name='one_feedback_per_standard_and_area'), models.UniqueConstraint(condition=models.Q(('standard__isnull', True)), fields=('of_return', 'area'), name='one_overall_feedback_per_area')],
            },
        ),
        migrations.CreateModel(
            name='PanelRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_return', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='audits.return')),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.standard')),
                ('text', models.TextField()),
                ('due_on', models.DateField()),
            ],
            options={
                'ordering': ['standard__number', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='request_asks_something')],
            },
        ),
    ]
