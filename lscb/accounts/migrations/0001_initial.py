import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('accounts', '0002_sent_form'), ('accounts', '0003_link'), ('accounts', '0004_case_access'), ('accounts', '0005_digest'), ('accounts', '0006_sign_on'), ('accounts', '0007_token'), ('accounts', '0008_keys_of_requests')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('is_home', models.BooleanField(default=False, help_text='The area of this board')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_home', True)), fields=('is_home',), name='one_home_area')],
            },
        ),
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=150)),
                ('short_name', models.CharField(max_length=40)),
                ('sector', models.CharField(choices=[('council', 'Council'), ('police', 'Police'), ('health', 'Health'), ('justice', 'Probation and courts'), ('education', 'Education'), ('voluntary', 'Voluntary and community'), ('lay', 'Lay'), ('other', 'Other')], max_length=10)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='services', to='accounts.agency')),
                ('active_from', models.DateField(blank=True, null=True)),
                ('active_to', models.DateField(blank=True, null=True)),
                ('areas', models.ManyToManyField(related_name='agencies', to='accounts.area')),
            ],
            options={
                'verbose_name_plural': 'agencies',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='one_agency_of_a_name'), models.CheckConstraint(condition=models.Q(('active_to__isnull', True), ('active_to__gte', models.F('active_from')), _connector='OR'), name='agency_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='agency_is_not_its_own_parent')],
            },
        ),
        migrations.CreateModel(
            name='AgencyName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='accounts.agency')),
                ('name', models.CharField(max_length=150)),
                ('short_name', models.CharField(max_length=40)),
                ('starts_on', models.DateField(blank=True, help_text='Empty for the first name it ever had', null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'ordering': ['agency', models.OrderBy(models.F('starts_on'), nulls_first=True)],
                'constraints': [models.UniqueConstraint(fields=('agency', 'starts_on'), name='one_name_from_a_day'), models.UniqueConstraint(condition=models.Q(('starts_on__isnull', True)), fields=('agency',), name='one_first_name_of_an_agency'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('agency',), name='one_present_name_of_an_agency'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='name_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('predecessor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='became', to='accounts.agency')),
                ('successor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='was', to='accounts.agency')),
                ('on', models.DateField()),
            ],
            options={
                'ordering': ['on'],
                'constraints': [models.UniqueConstraint(fields=('predecessor', 'successor'), name='one_succession_per_pair'), models.CheckConstraint(condition=models.Q(('predecessor', models.F('successor')), _negated=True), name='agency_does_not_succeed_itself')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('is_active', models.BooleanField(default=True)),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('digest', models.CharField(choices=[('daily', 'Every working day'), ('weekly', 'Once a week, on Monday'), ('off', 'Never')], default='weekly', max_length=10)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_account_per_e_mail')],
            },
        ),
        migrations.CreateModel(
            name='SignOnDomain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=190)),
                ('provider', models.SlugField(help_text='Its id in SIGN_ON_PROVIDERS', max_length=40)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_on_domains', to='accounts.agency')),
                ('approved_at', models.DateTimeField()),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['domain', 'provider'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('domain'), models.F('provider'), condition=models.Q(('ended_at__isnull', True)), name='one_agency_for_a_domain_of_a_provider'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='sign_on_domain_is_ended_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='SignOnRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('provider', models.SlugField(max_length=40)),
                ('identity', models.CharField(help_text='Hash of issuer and subject', max_length=64)),
                ('name', models.CharField(max_length=120)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('asked_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, choices=[('invited', 'Invited'), ('declined', 'Declined')], max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['asked_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('provider', 'identity'), name='one_open_request_of_an_identity'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='sign_on_request_is_decided_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('outcome', '')), models.Q(models.Q(('outcome', ''), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='decided_sign_on_request_says_when')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('board_manager', 'Board manager or coordinator'), ('board_analyst', 'Board analyst'), ('independent_chair', 'Independent chair'), ('lay_member', 'Lay member'), ('group_member', 'Sub group member'), ('case_review_member', 'Case review group member'), ('panel_member', 'CDOP panel member'), ('child_death_officer', 'CDOP officer'), ('designated_doctor', 'Designated doctor'), ('agency_lead', 'Agency lead'), ('agency_contributor', 'Agency contributor'), ('agency_reader', 'Agency read-only'), ('professional', 'Professional'), ('technical_administrator', 'Technical administrator')], max_length=30)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='accounts.agency')),
                ('group', models.SlugField(blank=True, help_text='Code of the group; groups live a floor above')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_on', models.DateField(blank=True, help_text='The day it was taken away, at once, before its time was over', null=True)),
            ],
            options={
                'ordering': ['user', 'starts_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='grant_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('agency__isnull', True), ('group', ''), _connector='OR'), name='grant_is_for_agency_or_group'), models.UniqueConstraint(models.F('user'), models.F('role'), django.db.models.functions.comparison.Coalesce('agency_id', 0), models.F('group'), condition=models.Q(('ended_on__isnull', True), ('ends_on__isnull', True)), name='one_unlimited_grant_of_a_role'), models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', True), ('group', ''), ('role__in', ['board_manager', 'board_analyst', 'independent_chair', 'lay_member', 'child_death_officer', 'designated_doctor', 'technical_administrator'])), models.Q(('agency__isnull', False), ('role__in', ['agency_lead', 'agency_contributor', 'agency_reader', 'professional'])), models.Q(('role__in', ['group_member', 'case_review_member', 'panel_member']), models.Q(('group', ''), _negated=True)), _connector='OR'), name='grant_has_the_scope_of_its_role')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(max_length=120)),
                ('role', models.CharField(choices=[('board_manager', 'Board manager or coordinator'), ('board_analyst', 'Board analyst'), ('independent_chair', 'Independent chair'), ('lay_member', 'Lay member'), ('group_member', 'Sub group member'), ('case_review_member', 'Case review group member'), ('panel_member', 'CDOP panel member'), ('child_death_officer', 'CDOP officer'), ('designated_doctor', 'Designated doctor'), ('agency_lead', 'Agency lead'), ('agency_contributor', 'Agency contributor'), ('agency_reader', 'Agency read-only'), ('professional', 'Professional'), ('technical_administrator', 'Technical administrator')], max_length=30)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
                ('group', models.SlugField(blank=True)),
                ('ends_on', models.DateField(blank=True, help_text='Last day of the role, if it is for a time', null=True)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-invited_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='invitation_accepted_when_and_by'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='invitation_revoked_when_and_by'), models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True), _connector='OR'), name='invitation_accepted_or_revoked'), models.UniqueConstraint(django.db.models.functions.text.Lower('email'), models.F('role'), django.db.models.functions.comparison.Coalesce('agency_id', 0), models.F('group'), condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True)), name='one_open_invitation_to_a_role')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('purpose', models.CharField(help_text='The page that it opens', max_length=40)),
                ('target_type', models.CharField(max_length=60)),
                ('target_key', models.CharField(max_length=40)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('expires_at', models.DateTimeField()),
                ('spent_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-issued_at'],
                'indexes': [models.Index(fields=['target_type', 'target_key'], name='links_of_a_record')],
                'constraints': [models.UniqueConstraint(models.F('purpose'), models.F('target_type'), models.F('target_key'), django.db.models.functions.text.Lower('email'), condition=models.Q(('revoked_at__isnull', True), ('spent_at__isnull', True)), name='one_live_link_for_a_person_and_thing'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('issued_at'))), name='link_expires_after_it_is_issued')],
            },
        ),
        migrations.CreateModel(
            name='CaseAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.UUIDField(help_text='Key of the case; cases live floors above')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='case_access', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('let_in', 'Let into a case'), ('kept_out', 'Kept out of a case')], max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('given_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'case access',
                'ordering': ['case', 'user'],
                'constraints': [models.UniqueConstraint(fields=('case', 'user'), name='one_access_of_a_person_to_a_case'), models.CheckConstraint(condition=models.Q(('kind', 'let_in'), models.Q(('ends_at__isnull', True), ('kind', 'kept_out'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='kept_out_for_a_reason_until_it_is_lifted')],
            },
        ),
        migrations.CreateModel(
            name='SentForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('token', models.CharField(help_text='Made when the form was drawn', max_length=64)),
                ('led_to', models.CharField(blank=True, max_length=300)),
                ('sent_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-sent_at'],
                'constraints': [models.UniqueConstraint(fields=('user', 'token'), name='form_is_sent_once')],
            },
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(help_text='What it is for', max_length=80)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('scopes', models.JSONField(help_text='Keys of `permissions.SCOPES`')),
                ('may_write', models.BooleanField(default=False)),
                ('with_second_factor', models.BooleanField(help_text='Whether the second factor was shown when it was made')),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-made_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='token_expires_after_it_is_made')],
            },
        ),
    ]
