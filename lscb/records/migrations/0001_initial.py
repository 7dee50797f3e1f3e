import django.db.models.deletion
import lscb.accounts.permissions
import lscb.common.encryption
import lscb.common.storage
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('records', '0001_take_outs'), ('records', '0002_keeping'), ('records', '0003_subject_access'), ('records', '0004_child_deaths'), ('records', '0005_reach_of_a_take_out')]

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('jobs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('months', models.PositiveSmallIntegerField()),
                ('then', models.CharField(choices=[('destroy', 'Destroy'), ('review', 'Review'), ('archive', 'Hand over to the archive')], max_length=10)),
                ('basis', models.TextField(verbose_name='lawful basis')),
                ('because', models.TextField(verbose_name='why it was changed')),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['slug'],
                'constraints': [models.CheckConstraint(condition=models.Q(('months__gt', 0)), name='records_are_kept_for_some_months'), models.CheckConstraint(condition=models.Q(('then__in', ['destroy', 'review', 'archive'])), name='what_happens_then_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('because', ''), _negated=True), models.Q(('basis', ''), _negated=True)), name='rule_is_changed_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('slug', models.SlugField()),
                ('key', models.UUIDField(blank=True, help_text='Of the record; empty for the whole class', null=True)),
                ('reference', models.CharField(blank=True, max_length=100)),
                ('reason', models.TextField()),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('placed_at', models.DateTimeField()),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-placed_at'],
                'indexes': [models.Index(fields=['slug', 'key'], name='holds_of_a_record')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='hold_has_a_reason'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='hold_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='hold_lifted_when_and_by')],
            },
        ),
        migrations.CreateModel(
            name='KeptLonger',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField()),
                ('key', models.UUIDField()),
                ('reference', models.CharField(max_length=100)),
                ('until', models.DateField()),
                ('reason', models.TextField()),
                ('decided_at', models.DateTimeField()),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'kept longer',
                'ordering': ['-decided_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='kept_longer_for_a_reason'), models.UniqueConstraint(fields=('slug', 'key'), name='one_decision_to_keep_a_record_longer')],
            },
        ),
        migrations.CreateModel(
            name='Destruction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('slug', models.SlugField()),
                ('as_at', models.DateField()),
                ('digest', models.CharField(max_length=64)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job')),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('counts', models.JSONField(default=dict)),
                ('files', models.JSONField(default=list, verbose_name='SHA-256 of the files')),
                ('certificate', models.FileField(blank=True, storage=lscb.common.storage.private_storage, upload_to=lscb.common.storage.random_name)),
            ],
            options={
                'ordering': ['-proposed_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='destruction_approved_when_and_by'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='destruction_withdrawn_when_and_by'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='a_second_person_approves_a_destruction'), models.CheckConstraint(condition=models.Q(('approved_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='destruction_is_approved_or_withdrawn'), models.CheckConstraint(condition=models.Q(models.Q(('certificate', ''), ('done_at__isnull', True)), models.Q(('approved_at__isnull', False), ('done_at__isnull', False), models.Q(('certificate', ''), _negated=True)), _connector='OR'), name='destruction_that_is_done_has_its_certificate'), models.UniqueConstraint(condition=models.Q(('done_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('slug',), name='one_destruction_of_a_class_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='DestructionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('destruction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='records.destruction')),
                ('key', models.UUIDField()),
                ('reference', models.CharField(max_length=100)),
                ('trigger_on', models.DateField(blank=True, help_text='Empty where the day would tell too much', null=True)),
                ('was_destroyed', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['destruction', 'reference'],
                'indexes': [models.Index(fields=['key'], name='destroyed_records_by_key')],
                'constraints': [models.UniqueConstraint(fields=('destruction', 'key'), name='a_record_is_on_a_list_once')],
            },
        ),
        migrations.CreateModel(
            name='AccessRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('permission', models.CharField(default=lscb.accounts.permissions.Permission['MANAGE_RECORDS'], max_length=60)),
                ('number', models.PositiveIntegerField()),
                ('who', lscb.common.encryption.EncryptedTextField(verbose_name='who asks')),
                ('contact', lscb.common.encryption.EncryptedTextField(default='', verbose_name='how to reach them')),
                ('asked_for', lscb.common.encryption.EncryptedTextField(default='', verbose_name='what they ask for')),
                ('received_on', models.DateField()),
                ('confirmed_on', models.DateField(blank=True, null=True, verbose_name='identity confirmed on')),
                ('extended_on', models.DateField(blank=True, null=True, verbose_name='extended by two months on')),
                ('extended_because', models.TextField(blank=True)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('answered', 'Answered'), ('nothing', 'Nothing is held'), ('refused', 'Refused, with the reason'), ('withdrawn', 'Withdrawn by who asked')], max_length=10)),
                ('outcome_reason', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['permission', '-number'],
                'constraints': [models.UniqueConstraint(fields=('permission', 'number'), name='one_access_request_of_a_number'), models.CheckConstraint(condition=models.Q(('permission__in', (lscb.accounts.permissions.Permission['MANAGE_RECORDS'], lscb.accounts.permissions.Permission['READ_CHILD_DEATH_IDENTITY']))), name='access_request_is_somebodys_to_answer'), models.CheckConstraint(condition=models.Q(models.Q(('extended_because', ''), ('extended_on__isnull', True)), models.Q(('extended_on__isnull', False), models.Q(('extended_because', ''), _negated=True)), _connector='OR'), name='access_request_is_extended_for_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', True), ('outcome', '')), models.Q(('closed_on__isnull', False), ('outcome__in', ['answered', 'nothing', 'refused', 'withdrawn'])), _connector='OR'), name='closed_access_request_has_its_outcome'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'answered'), _negated=True), ('confirmed_on__isnull', False), _connector='OR'), name='nobody_is_answered_before_it_is_known_who_they_are')],
            },
        ),
        migrations.CreateModel(
            name='AccessPause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pauses', to='records.accessrequest')),
                ('waits_for', models.CharField(choices=[('identity', 'Proof of identity'), ('clarification', 'A clarification of what is asked for')], max_length=15)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'ordering': ['starts_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='pause_of_a_request_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('waits_for__in', ['identity', 'clarification'])), name='request_waits_for_something'), models.UniqueConstraint(condition=models.Q(('ends_on__isnull', True)), fields=('request',), name='a_request_waits_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Collected',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='collected', to='records.accessrequest')),
                ('table', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=40)),
                ('field', models.CharField(max_length=60)),
                ('case', models.UUIDField(editable=False, null=True)),
                ('place', models.CharField(max_length=200, verbose_name='where it stands')),
                ('text', lscb.common.encryption.EncryptedTextField()),
                ('hidden', lscb.common.encryption.EncryptedJSONField(default=list)),
                ('collected_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'collected',
                'ordering': ['place', 'field', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('request', 'table', 'key', 'field'), name='a_text_is_collected_once')],
            },
        ),
        migrations.CreateModel(
            name='TakeOut',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('permission', models.CharField(default=lscb.accounts.permissions.Permission['TAKE_OUT'], max_length=60)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=200, verbose_name='what it is for')),
                ('reach', models.JSONField(blank=True, help_text='Permissions; null when asked in person', null=True, verbose_name='what the program that asked may use')),
                ('job', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job')),
                ('made_at', models.DateTimeField(blank=True, null=True)),
                ('file', models.FileField(blank=True, storage=lscb.common.storage.private_storage, upload_to=lscb.common.storage.random_name)),
                ('key', lscb.common.encryption.EncryptedTextField(default='', editable=False)),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of the archive')),
                ('size', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='bytes')),
                ('rows', models.PositiveIntegerField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-asked_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('permission', lscb.accounts.permissions.Permission['TAKE_OUT']), models.Q(('agency__isnull', True), ('permission', lscb.accounts.permissions.Permission['MANAGE_CHILD_DEATHS'])), _connector='OR'), name='take_out_is_of_somebody_or_of_child_deaths'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='take_out_says_what_for'), models.CheckConstraint(condition=models.Q(models.Q(('expires_at__isnull', True), ('file', ''), ('made_at__isnull', True), ('sha256', '')), models.Q(('expires_at__isnull', False), ('made_at__isnull', False), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='take_out_that_was_made_has_its_hash_and_end')],
            },
        ),
    ]
