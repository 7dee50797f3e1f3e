import datetime
import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

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
            name='LearningTheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, unique=True)),
                ('in_short', models.CharField(max_length=300)),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['order', 'title'],
            },
        ),
        migrations.CreateModel(
            name='CaseReview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(unique=True)),
                ('code_name', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('serious_case', 'Serious case review'), ('partnership', 'Partnership review'), ('thematic', 'Thematic review'), ('multi_agency', 'Multi-agency learning review'), ('single_agency', 'Single-agency learning review'), ('rapid', 'Rapid review'), ('practice', 'Local child safeguarding practice review')], max_length=20)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='case_reviews', to='boards.group', verbose_name='commissioned by')),
                ('referred_on', models.DateField()),
                ('referred_by', models.CharField(help_text="A role or an agency, never a person's name", max_length=150)),
                ('referral', models.TextField(help_text='Why a review is asked for; no name of a child or family')),
                ('lead_reviewer', models.CharField(blank=True, max_length=150)),
                ('stage', models.CharField(choices=[('referred', 'Referred'), ('considered', 'Considered'), ('not_progressed', 'Not progressed'), ('agreed', 'Agreed'), ('panel', 'Panel in place'), ('fieldwork', 'Fieldwork'), ('drafting', 'Drafting'), ('received', 'Report received'), ('presented', 'Presented to the board'), ('published', 'Published'), ('not_published', 'Not to be published'), ('action_plan', 'Action plan running'), ('closed', 'Closed')], default='referred', max_length=15)),
                ('report_expected', models.DateField(blank=True, null=True)),
                ('public_name', models.CharField(blank=True, help_text='What it is about, for the public', max_length=150)),
                ('public_status', models.CharField(blank=True, max_length=300)),
                ('public_summary', models.TextField(blank=True)),
                ('public_learning', models.TextField(blank=True)),
                ('plan', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='case_review', to='actions.actionplan')),
                ('asks_reason', models.BooleanField(default=False, verbose_name='asks who opens it for a reason')),
                ('version', models.PositiveIntegerField(default=1)),
                ('agencies', models.ManyToManyField(related_name='case_reviews', to='accounts.agency', verbose_name='agencies involved')),
                ('themes', models.ManyToManyField(blank=True, related_name='reviews', to='casereviews.learningtheme')),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('code_name'), name='one_case_review_of_a_code_name'), models.CheckConstraint(condition=models.Q(('stage__in', ['referred', 'considered', 'not_progressed', 'agreed', 'panel', 'fieldwork', 'drafting', 'received', 'presented', 'published', 'not_published', 'action_plan', 'closed'])), name='case_review_is_in_a_known_stage'), models.CheckConstraint(condition=models.Q(('kind__in', ['serious_case', 'partnership', 'thematic', 'multi_agency', 'single_agency', 'rapid', 'practice'])), name='case_review_is_of_a_known_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('serious_case', 'partnership')), _negated=True), ('referred_on__lte', datetime.date(2019, 9, 29)), _connector='OR'), name='serious_case_reviews_ended_in_2019'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('rapid', 'practice')), _negated=True), ('referred_on__gte', datetime.date(2018, 6, 29)), _connector='OR'), name='practice_reviews_began_in_2018')],
            },
        ),
        migrations.CreateModel(
            name='StageEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stages', to='casereviews.casereview')),
                ('stage', models.CharField(choices=[('referred', 'Referred'), ('considered', 'Considered'), ('not_progressed', 'Not progressed'), ('agreed', 'Agreed'), ('panel', 'Panel in place'), ('fieldwork', 'Fieldwork'), ('drafting', 'Drafting'), ('received', 'Report received'), ('presented', 'Presented to the board'), ('published', 'Published'), ('not_published', 'Not to be published'), ('action_plan', 'Action plan running'), ('closed', 'Closed')], max_length=15)),
                ('on', models.DateField()),
                ('text', models.TextField(blank=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('stage__in', ('not_progressed', 'not_published')), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='not_progressed_and_not_published_say_why'), models.UniqueConstraint(condition=models.Q(('stage', 'action_plan'), _negated=True), fields=('review', 'stage'), name='a_review_reaches_a_stage_once')],
            },
        ),
        migrations.CreateModel(
            name='CriterionConsidered',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='casereviews.casereview')),
                ('criterion', models.CharField(choices=[('abuse', 'Abuse or neglect of a child is known or suspected'), ('died', 'The child has died'), ('harmed', 'The child has been seriously harmed'), ('concern', 'There is cause for concern about how agencies worked together'), ('improvements', 'The case may show what has to improve'), ('recurrent', 'The case may show themes that come up again and again')], max_length=15)),
                ('answer', models.CharField(choices=[('met', 'Met'), ('not_met', 'Not met'), ('not_known', 'Not known')], max_length=10)),
            ],
            options={
                'verbose_name_plural': 'criteria considered',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('review', 'criterion'), name='a_criterion_is_considered_once'), models.CheckConstraint(condition=models.Q(('answer__in', ['met', 'not_met', 'not_known'])), name='a_criterion_has_a_known_answer')],
            },
        ),
        migrations.CreateModel(
            name='Recommendation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='casereviews.casereview')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('theme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='casereviews.learningtheme')),
            ],
            options={
                'ordering': ['review', 'number'],
                'constraints': [models.UniqueConstraint(fields=('review', 'number'), name='one_recommendation_of_a_number'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_recommendation_says_something')],
            },
        ),
        migrations.CreateModel(
            name='LearnedAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='learned', to='actions.action')),
                ('recommendation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='learned_actions', to='casereviews.recommendation')),
                ('theme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='learned_actions', to='casereviews.learningtheme')),
            ],
            options={
                'ordering': ['action__number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('recommendation__isnull', False), ('theme__isnull', False), _connector='OR'), name='an_action_follows_from_a_recommendation_or_a_theme')],
            },
        ),
        migrations.CreateModel(
            name='Briefing',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('review', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='briefing', to='casereviews.casereview')),
                ('title', models.CharField(max_length=150)),
                ('workshop', models.CharField(blank=True, max_length=200)),
                ('workshop_link', models.URLField(blank=True)),
                ('video_link', models.URLField(blank=True)),
                ('shared_on', models.DateField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['-shared_on', 'title'],
                'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='a_briefing_has_a_title')],
            },
        ),
        migrations.CreateModel(
            name='BriefingStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('briefing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='casereviews.briefing')),
                ('order', models.PositiveSmallIntegerField()),
                ('heading', models.CharField(max_length=100)),
                ('text', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['briefing', 'order'],
                'constraints': [models.UniqueConstraint(fields=('briefing', 'order'), name='one_step_at_a_place_of_a_briefing'), models.CheckConstraint(condition=models.Q(('order__gte', 1), ('order__lte', 6)), name='a_briefing_has_six_steps'), models.CheckConstraint(condition=models.Q(('heading', ''), _negated=True), name='a_step_has_a_heading')],
            },
        ),
        migrations.CreateModel(
            name='BriefingConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('briefing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='casereviews.briefing')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
                ('teams', models.CharField(max_length=200)),
                ('had_on', models.DateField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['agency__name', 'had_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('teams', ''), _negated=True), name='a_confirmation_names_the_teams')],
            },
        ),
        migrations.CreateModel(
            name='ReviewPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='casereviews.casereview')),
                ('kind', models.CharField(choices=[('letter_in', 'Letter or e-mail received'), ('letter_out', 'Letter or e-mail sent'), ('terms', 'Terms of reference'), ('agency_report', 'Agency report'), ('report', 'Overview report'), ('other', 'Other paper')], max_length=15)),
                ('on', models.DateField()),
                ('whom', models.CharField(blank=True, help_text='A role or an agency', max_length=150, verbose_name='from or to whom')),
                ('about', models.TextField()),
                ('file', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='review_paper', to='files.attachment')),
            ],
            options={
                'ordering': ['-on', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('about', ''), _negated=True), name='a_paper_says_what_it_is_about')],
            },
        ),
        migrations.CreateModel(
            name='ReviewMeeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meeting_links', to='casereviews.casereview')),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_links', to='boards.meeting')),
            ],
            options={
                'ordering': ['-meeting__starts_at'],
                'constraints': [models.UniqueConstraint(fields=('review', 'meeting'), name='a_meeting_is_linked_once')],
            },
        ),
        migrations.CreateModel(
            name='PublishedReview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='published', to='casereviews.casereview')),
                ('number', models.PositiveIntegerField(help_text='1 for the first version of a review')),
                ('kind', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=150)),
                ('summary', models.TextField()),
                ('learning', models.TextField()),
                ('themes', models.TextField(blank=True)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('released_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-released_at', '-number'],
                'constraints': [models.UniqueConstraint(fields=('review', 'number'), name='one_version_of_a_number_of_a_review'), models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('review',), name='one_version_of_a_review_waits'), models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', True), ('released_by__isnull', True)), models.Q(('released_at__isnull', False), ('released_by__isnull', False)), _connector='OR'), name='a_version_is_released_when_and_by'), models.CheckConstraint(condition=models.Q(('released_by__isnull', True), models.Q(('released_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='a_second_person_releases_a_review')],
            },
        ),
        migrations.CreateModel(
            name='PanelMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='panel', to='casereviews.casereview')),
                ('position', models.CharField(max_length=150)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('chairs', models.BooleanField(default=False)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-chairs', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='panel_member_leaves_after_joining'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('review', 'user'), name='a_person_sits_on_a_panel_once'), models.UniqueConstraint(condition=models.Q(('chairs', True), ('ends_on__isnull', True)), fields=('review',), name='one_chair_of_a_panel')],
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pauses', to='casereviews.casereview')),
                ('scope', models.CharField(choices=[('whole', 'The whole review'), ('part', 'Part of it')], max_length=5)),
                ('part', models.CharField(blank=True, help_text='What stands still when it is not everything', max_length=200)),
                ('reason', models.CharField(max_length=300)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'ordering': ['starts_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='a_pause_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('scope__in', ['whole', 'part'])), name='a_pause_has_a_known_scope'), models.CheckConstraint(condition=models.Q(models.Q(('part', ''), ('scope', 'whole')), models.Q(('scope', 'part'), models.Q(('part', ''), _negated=True)), _connector='OR'), name='a_pause_of_a_part_names_the_part'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_pause_has_a_reason'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True), ('scope', 'whole')), fields=('review',), name='a_review_is_paused_as_a_whole_once')],
            },
        ),
        migrations.CreateModel(
            name='Proceedings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proceedings', to='casereviews.casereview')),
                ('kind', models.CharField(choices=[('criminal', 'Criminal investigation or trial'), ('inquest', 'Inquest'), ('family', 'Family court'), ('other', 'Other proceedings')], max_length=10)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'verbose_name_plural': 'proceedings',
                'ordering': ['starts_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='proceedings_end_after_they_start'), models.CheckConstraint(condition=models.Q(('kind__in', ['criminal', 'inquest', 'family', 'other'])), name='proceedings_are_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='ExpectedDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='expected', to='casereviews.casereview')),
                ('moved_from', models.DateField(blank=True, null=True)),
                ('moved_to', models.DateField()),
                ('said_on', models.DateField()),
                ('reason', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['said_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('moved_from__isnull', True), models.Q(models.Q(('reason', ''), _negated=True), models.Q(('moved_to', models.F('moved_from')), _negated=True)), _connector='OR'), name='an_expected_date_moves_with_a_reason')],
            },
        ),
    ]
