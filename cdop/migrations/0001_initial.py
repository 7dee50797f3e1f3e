import django.db.models.deletion
import lscb.common.encryption
import lscb.common.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('cdop', '0002_destroyed_identities')]

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('actions', '0001_initial'),
        ('boards', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Death',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('state', models.CharField(choices=[('open', 'Open'), ('reviewed', 'Reviewed'), ('passed_on', 'Passed on to another area'), ('joined', 'Joined to another case')], default='open', max_length=10)),
                ('via', models.CharField(choices=[('form', 'Public form'), ('officer', 'Entered by the officer')], max_length=10)),
                ('notified_on', models.DateField()),
                ('age_band', models.CharField(choices=[('0-27d', '0-27 days'), ('28-364d', '28-364 days'), ('1-4y', '1-4 years'), ('5-9y', '5-9 years'), ('10-14y', '10-14 years'), ('15-17y', '15-17 years')], max_length=10, verbose_name='age at death')),
                ('form_version', models.PositiveSmallIntegerField(help_text='First year of the version of the agency report')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='reviewed or passed on')),
                ('ended_because', models.TextField(blank=True, help_text='To which area it was passed on, and why')),
                ('same_as', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='twins', to='cdop.death')),
                ('months_to_review', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='months from death to review')),
                ('identity_destroyed_on', models.DateField(blank=True, null=True, verbose_name='who the child was destroyed on')),
                ('held_back', models.BooleanField(default=False, help_text='A text of this case names somebody: only who may know the child reads its texts')),
            ],
            options={
                'ordering': ['-notified_on', 'reference'],
                'indexes': [models.Index(fields=['notified_on', 'ended_on'], name='deaths_by_their_days')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'reviewed', 'passed_on', 'joined'])), name='death_has_a_known_state'), models.CheckConstraint(condition=models.Q(('age_band__in', ['0-27d', '28-364d', '1-4y', '5-9y', '10-14y', '15-17y'])), name='death_has_a_known_age_band'), models.CheckConstraint(condition=models.Q(models.Q(('ended_on__isnull', False), ('state__in', ['reviewed', 'passed_on'])), models.Q(('ended_on__isnull', True), ('state__in', ['open', 'joined'])), _connector='OR'), name='death_ended_when_reviewed_or_passed_on'), models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('notified_on')), _connector='OR'), name='death_is_reviewed_after_it_is_notified'), models.CheckConstraint(condition=models.Q(models.Q(('same_as__isnull', False), ('state', 'joined')), models.Q(models.Q(('state', 'joined'), _negated=True), ('same_as__isnull', True)), _connector='OR'), name='only_a_joined_case_is_the_same_as_another'), models.CheckConstraint(condition=models.Q(('same_as__isnull', True), models.Q(('same_as', models.F('id')), _negated=True), _connector='OR'), name='case_is_not_joined_to_itself'), models.CheckConstraint(condition=models.Q(models.Q(('months_to_review__isnull', False), ('state', 'reviewed')), models.Q(models.Q(('state', 'reviewed'), _negated=True), ('months_to_review__isnull', True)), _connector='OR'), name='only_a_reviewed_death_has_its_months'), models.CheckConstraint(condition=models.Q(('identity_destroyed_on__isnull', True), models.Q(('state', 'open'), _negated=True), _connector='OR'), name='who_a_child_was_is_known_while_the_case_is_open')],
            },
        ),
        migrations.CreateModel(
            name='DeathAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('death', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='death_actions', to='cdop.death')),
                ('action', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='death_action', to='actions.action')),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['action__number'],
            },
        ),
        migrations.CreateModel(
            name='AgencyReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('death', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='cdop.death')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='child_death_reports', to='accounts.agency')),
                ('state', models.CharField(choices=[('asked', 'Asked'), ('sent', 'Received'), ('not_known', 'Child not known to the agency'), ('not_needed', 'No longer needed')], default='asked', max_length=10)),
                ('asked_on', models.DateField()),
                ('due', models.DateField()),
                ('chased_on', models.DateField(blank=True, null=True, verbose_name='last chased')),
                ('chased_times', models.PositiveSmallIntegerField(default=0)),
                ('answers', lscb.common.encryption.EncryptedJSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=1)),
                ('sent_on', models.DateField(blank=True, null=True)),
                ('sent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['due', 'agency__name'],
                'constraints': [models.UniqueConstraint(fields=('death', 'agency'), name='one_report_of_an_agency_on_a_death'), models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'sent', 'not_known', 'not_needed'])), name='agency_report_has_a_known_state'), models.CheckConstraint(condition=models.Q(('due__gte', models.F('asked_on'))), name='report_is_due_after_it_is_asked'), models.CheckConstraint(condition=models.Q(models.Q(('sent_by__isnull', True), ('sent_on__isnull', True)), models.Q(('sent_by__isnull', False), ('sent_on__isnull', False)), _connector='OR'), name='report_sent_when_and_by'), models.CheckConstraint(condition=models.Q(models.Q(('sent_on__isnull', False), ('state__in', ('sent', 'not_known'))), models.Q(models.Q(('state__in', ('sent', 'not_known')), _negated=True), ('sent_on__isnull', True)), _connector='OR'), name='answered_report_says_when')],
            },
        ),
        migrations.CreateModel(
            name='Lift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', lscb.common.models.FinancialYearField(unique=True)),
                ('reason', models.TextField()),
                ('lifted_on', models.DateField()),
                ('lifted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-year'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='small_numbers_shown_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Identity',
            fields=[
                ('death', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='identity', serialize=False, to='cdop.death')),
                ('given_names', lscb.common.encryption.EncryptedTextField()),
                ('family_name', lscb.common.encryption.EncryptedTextField()),
                ('other_names', lscb.common.encryption.EncryptedTextField(default='', verbose_name='other names and nicknames')),
                ('born_on', lscb.common.encryption.EncryptedDateField(verbose_name='date of birth')),
                ('died_on', lscb.common.encryption.EncryptedDateField(verbose_name='date of death')),
                ('nhs_number', lscb.common.encryption.EncryptedTextField(default='', verbose_name='NHS number')),
                ('address', lscb.common.encryption.EncryptedTextField(default='')),
                ('postcode', lscb.common.encryption.EncryptedTextField(default='')),
                ('school', lscb.common.encryption.EncryptedTextField(default='', verbose_name='school or nursery')),
                ('gp', lscb.common.encryption.EncryptedTextField(default='', verbose_name='GP and surgery')),
                ('family', lscb.common.encryption.EncryptedTextField(default='')),
                ('professionals', lscb.common.encryption.EncryptedTextField(default='')),
                ('circumstances', lscb.common.encryption.EncryptedTextField(default='')),
                ('notifier_name', lscb.common.encryption.EncryptedTextField(default='')),
                ('notifier_role', lscb.common.encryption.EncryptedTextField(default='')),
                ('notifier_contact', lscb.common.encryption.EncryptedTextField(default='')),
                ('nhs_index', lscb.common.encryption.BlindIndexField()),
                ('dates_index', lscb.common.encryption.BlindIndexField()),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name_plural': 'identities',
            },
        ),
        migrations.CreateModel(
            name='NotificationDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('typed', lscb.common.encryption.EncryptedJSONField(default=dict)),
                ('touched_at', models.DateTimeField()),
                ('sent_as', models.CharField(blank=True, help_text='Reference, once it is sent; then nothing is typed', max_length=20)),
            ],
            options={
                'ordering': ['touched_at'],
            },
        ),
        migrations.CreateModel(
            name='Panel',
            fields=[
                ('meeting', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='panel', serialize=False, to='boards.meeting')),
                ('is_neonatal', models.BooleanField(default=False, verbose_name='neonatal panel')),
            ],
            options={
                'ordering': ['-meeting__starts_at'],
            },
        ),
        migrations.CreateModel(
            name='PanelCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('panel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='cdop.panel')),
                ('death', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='panel_cases', to='cdop.death')),
                ('order', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['panel', 'order'],
                'constraints': [models.UniqueConstraint(fields=('panel', 'death'), name='a_case_comes_to_a_meeting_once'), models.UniqueConstraint(fields=('panel', 'order'), name='one_case_at_a_place_of_a_meeting')],
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('death', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='paper', serialize=False, to='cdop.death')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Waits for release'), ('released', 'Released')], default='draft', max_length=10)),
                ('summary', lscb.common.encryption.EncryptedTextField(default='')),
                ('child', lscb.common.encryption.EncryptedTextField(default='')),
                ('family', lscb.common.encryption.EncryptedTextField(default='')),
                ('parenting', lscb.common.encryption.EncryptedTextField(default='')),
                ('services', lscb.common.encryption.EncryptedTextField(default='')),
                ('version', models.PositiveIntegerField(default=0)),
                ('proposed_at', models.DateTimeField(blank=True, null=True)),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('released_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('proposed_at__isnull', True), ('proposed_by__isnull', True)), models.Q(('proposed_at__isnull', False), ('proposed_by__isnull', False)), _connector='OR'), name='paper_proposed_when_and_by'), models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', True), ('released_by__isnull', True)), models.Q(('released_at__isnull', False), ('released_by__isnull', False)), _connector='OR'), name='paper_released_when_and_by'), models.CheckConstraint(condition=models.Q(('released_by__isnull', True), models.Q(('proposed_by__isnull', False), models.Q(('released_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='paper_is_released_by_a_second_person'), models.CheckConstraint(condition=models.Q(models.Q(('proposed_by__isnull', True), ('released_by__isnull', True), ('state', 'draft')), models.Q(('proposed_by__isnull', False), ('released_by__isnull', True), ('state', 'proposed')), models.Q(('proposed_by__isnull', False), ('released_by__isnull', False), ('state', 'released')), _connector='OR'), name='paper_state_fits_who_proposed_and_released')],
            },
        ),
        migrations.CreateModel(
            name='AllowedWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('death', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='allowed_words', to='cdop.death')),
                ('word', lscb.common.encryption.EncryptedTextField()),
                ('reason', lscb.common.encryption.EncryptedTextField()),
                ('allowed_at', models.DateTimeField()),
                ('allowed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['allowed_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ParallelProcess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('death', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='processes', to='cdop.death')),
                ('kind', models.CharField(choices=[('coroner', 'Coroner'), ('police', 'Police or criminal proceedings'), ('case_review', 'Case review'), ('hospital', 'Hospital investigation or mortality review'), ('other', 'Another investigation')], max_length=15)),
                ('ends_first', models.BooleanField(verbose_name='must end before the review closes')),
                ('noted_on', models.DateField()),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('note', lscb.common.encryption.EncryptedTextField(default='')),
            ],
            options={
                'verbose_name_plural': 'parallel processes',
                'ordering': ['noted_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['coroner', 'police', 'case_review', 'hospital', 'other'])), name='process_has_a_known_kind'), models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('noted_on')), _connector='OR'), name='process_ends_after_it_is_noted')],
            },
        ),
        migrations.CreateModel(
            name='RapidResponse',
            fields=[
                ('death', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='rapid_response', serialize=False, to='cdop.death')),
                ('began_on', lscb.common.encryption.EncryptedDateField(verbose_name='first conversation of the professionals')),
                ('visited_on', lscb.common.encryption.EncryptedDateField(null=True, verbose_name='joint visit to the home or scene')),
                ('discussed_on', lscb.common.encryption.EncryptedDateField(null=True, verbose_name='case discussion')),
                ('note', lscb.common.encryption.EncryptedTextField(default='')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('death', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='review', serialize=False, to='cdop.death')),
                ('sex', models.CharField(blank=True, choices=[('male', 'Male'), ('female', 'Female'), ('indeterminate', 'Indeterminate'), ('unknown', 'Not known')], max_length=15)),
                ('ethnicity', models.CharField(blank=True, choices=[('white', 'White'), ('mixed', 'Mixed or multiple ethnic groups'), ('asian', 'Asian or Asian British'), ('black', 'Black, African, Caribbean or Black British'), ('other', 'Another ethnic group'), ('unknown', 'Not known or not stated')], max_length=15)),
                ('expected', models.CharField(blank=True, choices=[('expected', 'Expected'), ('unexpected', 'Unexpected'), ('unknown', 'Not known')], max_length=15)),
                ('place', models.CharField(blank=True, choices=[('neonatal_unit', 'Hospital: neonatal unit'), ('delivery_suite', 'Hospital: labour ward or delivery suite'), ('intensive_care', 'Hospital: paediatric intensive care'), ('ward', 'Hospital: paediatric or other ward'), ('emergency', 'Hospital: emergency department'), ('home', 'Home of normal residence'), ('other_home', 'Another private home'), ('hospice', 'Hospice'), ('public', 'Public place'), ('abroad', 'Abroad'), ('unknown', 'Not known')], max_length=15, verbose_name='place of death')),
                ('event', models.CharField(blank=True, choices=[('neonatal', 'Neonatal death'), ('life_limiting', 'Known life-limiting condition'), ('sudden', 'Sudden unexpected death in infancy'), ('road', 'Road traffic accident or collision'), ('drowning', 'Drowning'), ('fire', 'Fire or burns'), ('poisoning', 'Poisoning'), ('other_injury', 'Other non-intentional injury'), ('substance', 'Substance misuse'), ('homicide', 'Apparent homicide'), ('suicide', 'Apparent suicide'), ('other', 'Other')], max_length=15, verbose_name='type of event')),
                ('plan', models.CharField(blank=True, choices=[('at_death', 'At the time of death'), ('earlier', 'Earlier, not at the time of death'), ('never', 'At no time'), ('unknown', 'Not known')], max_length=15, verbose_name='child protection plan')),
                ('order', models.CharField(blank=True, choices=[('at_death', 'At the time of death'), ('earlier', 'Earlier, not at the time of death'), ('never', 'At no time'), ('unknown', 'Not known')], max_length=15, verbose_name='statutory order')),
                ('asylum', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No'), ('unknown', 'Not known')], max_length=15, verbose_name='asylum seeker')),
                ('modifiable', models.CharField(blank=True, choices=[('identified', 'Modifiable factors identified'), ('not_identified', 'No modifiable factors identified'), ('inadequate', 'Inadequate information upon which to make a judgement')], max_length=15, verbose_name='modifiable factors')),
                ('issues', lscb.common.encryption.EncryptedTextField(default='')),
                ('learning', lscb.common.encryption.EncryptedTextField(default='')),
                ('recommendations', lscb.common.encryption.EncryptedTextField(default='')),
                ('linked_review', lscb.common.encryption.EncryptedTextField(default='')),
                ('facts_version', models.PositiveIntegerField(default=0)),
                ('finding_version', models.PositiveIntegerField(default=0)),
                ('learning_version', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('modifiable__in', ['', 'identified', 'not_identified', 'inadequate'])), name='known_modifiability'), models.CheckConstraint(condition=models.Q(('plan__in', ['', 'at_death', 'earlier', 'never', 'unknown'])), name='known_status_of_plan'), models.CheckConstraint(condition=models.Q(('order__in', ['', 'at_death', 'earlier', 'never', 'unknown'])), name='known_status_of_order')],
            },
        ),
        migrations.CreateModel(
            name='ReviewCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='cdop.review')),
                ('category', models.CharField(choices=[('inflicted', 'Deliberately inflicted injury, abuse or neglect'), ('suicide', 'Suicide or deliberate self-inflicted harm'), ('trauma', 'Trauma and other external factors'), ('malignancy', 'Malignancy'), ('acute', 'Acute medical or surgical condition'), ('chronic', 'Chronic medical condition'), ('congenital', 'Chromosomal, genetic and congenital anomalies'), ('perinatal', 'Perinatal or neonatal event'), ('infection', 'Infection'), ('sudden', 'Sudden unexpected, unexplained death')], max_length=12)),
            ],
            options={
                'verbose_name_plural': 'review categories',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('review', 'category'), name='a_category_is_ticked_once'), models.CheckConstraint(condition=models.Q(('category__in', ['inflicted', 'suicide', 'trauma', 'malignancy', 'acute', 'chronic', 'congenital', 'perinatal', 'infection', 'sudden'])), name='review_has_a_known_category')],
            },
        ),
        migrations.CreateModel(
            name='DomainReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='domains', to='cdop.review')),
                ('domain', models.CharField(choices=[('child', 'The child'), ('family', 'The family and environment'), ('parenting', 'Parenting capacity'), ('services', 'Services')], max_length=10)),
                ('text', lscb.common.encryption.EncryptedTextField(default='')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('review', 'domain'), name='a_domain_is_reviewed_once'), models.CheckConstraint(condition=models.Q(('domain__in', ['child', 'family', 'parenting', 'services'])), name='review_of_a_known_domain')],
            },
        ),
        migrations.CreateModel(
            name='Factor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain_review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='factors', to='cdop.domainreview')),
                ('factor', models.CharField(choices=[('acute_illness', 'Acute or sudden illness'), ('chronic_illness', 'Chronic long-term illness'), ('disability', 'Disability or impairment'), ('emotional', 'Emotional, behavioural or mental health condition'), ('substance_child', 'Misuse of alcohol or other substances by the child'), ('health_parent', 'Physical or mental health condition of a parent or carer'), ('substance_parent', 'Misuse of alcohol or other substances by a parent or carer'), ('smoking', 'Smoking in the household or in pregnancy'), ('housing', 'Housing'), ('domestic_abuse', 'Domestic violence or abuse'), ('co_sleeping', 'Unsafe sleeping arrangements'), ('supervision', 'Supervision and care'), ('abuse', 'Abuse or neglect'), ('access', 'Access to health care and other services'), ('treatment', 'Earlier medical or surgical treatment'), ('communication', 'Communication between services, and with the family')], max_length=20)),
                ('influence', models.CharField(choices=[('0', '0: information not available'), ('1', '1: no factors identified'), ('1*', '1*: factors identified, unlikely to have contributed'), ('2', '2: may have contributed to vulnerability, ill health or death'), ('3', '3: a complete and sufficient explanation of the death')], max_length=2)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('domain_review', 'factor'), name='a_factor_is_coded_once'), models.CheckConstraint(condition=models.Q(('influence__in', ['0', '1', '1*', '2', '3'])), name='factor_has_a_known_influence')],
            },
        ),
    ]
