import django.db.models.deletion
import django.utils.timezone
import lscb.common.storage
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('jobs', '0002_restored_copy')]

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=150)),
                ('task', models.CharField(max_length=120)),
                ('arguments', models.JSONField(default=dict)),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL)),
                ('permission', models.CharField(blank=True, max_length=60)),
                ('unique_key', models.CharField(blank=True, help_text='While such a job lives there is no second', max_length=120)),
                ('state', models.CharField(choices=[('queued', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('claim', models.UUIDField(blank=True, null=True)),
                ('progress_done', models.PositiveIntegerField(default=0)),
                ('progress_total', models.PositiveIntegerField(default=0, help_text='0 while nobody knows')),
                ('step', models.CharField(blank=True, max_length=150)),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('rung_at', models.DateTimeField(blank=True, help_text='When a worker was last told of it', null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('seen_at', models.DateTimeField(blank=True, help_text='When the requester looked at how it ended', null=True)),
                ('failure', models.CharField(blank=True, help_text='A sentence for people, without internals', max_length=500)),
                ('result_url', models.CharField(blank=True, max_length=300)),
                ('result_label', models.CharField(default='See what came out', help_text='What leads to result_url', max_length=80)),
                ('result', models.FileField(blank=True, storage=lscb.common.storage.private_storage, upload_to=lscb.common.storage.random_name)),
                ('result_name', models.CharField(blank=True, max_length=150)),
            ],
            options={
                'ordering': ['-queued_at'],
                'indexes': [models.Index(fields=['state', 'heartbeat_at'], name='job_state_and_heartbeat'), models.Index(fields=['requested_by', '-queued_at'], name='jobs_of_one_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'failed', 'cancelled'])), name='job_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('claim__isnull', False), ('heartbeat_at__isnull', False), ('started_at__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('claim__isnull', True)), _connector='OR'), name='running_job_has_claim_and_heartbeat'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('done', 'failed', 'cancelled'))), models.Q(('finished_at__isnull', True), ('state__in', ('queued', 'running'))), _connector='OR'), name='ended_job_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), models.Q(('failure', ''), _negated=True)), models.Q(models.Q(('state', 'failed'), _negated=True), ('failure', '')), _connector='OR'), name='failed_job_says_why'), models.CheckConstraint(condition=models.Q(('progress_done__lte', models.F('progress_total'))), name='job_progress_in_total'), models.CheckConstraint(condition=models.Q(models.Q(('result', ''), ('result_name', '')), models.Q(models.Q(('result', ''), _negated=True), models.Q(('result_name', ''), _negated=True)), _connector='OR'), name='job_result_has_a_name'), models.UniqueConstraint(condition=models.Q(('state__in', ('queued', 'running')), models.Q(('unique_key', ''), _negated=True)), fields=('unique_key',), name='one_live_job_per_key')],
            },
        ),
        migrations.CreateModel(
            name='Email',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('unique_key', models.CharField(max_length=200, unique=True)),
                ('to', models.EmailField(max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('attachments', models.JSONField(default=list, help_text='[name, content type, text] each')),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('sending', 'being sent'), ('sent', 'sent'), ('failed', 'given up')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claim', models.UUIDField(blank=True, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('failure', models.CharField(blank=True, help_text='Why the last try failed, without addresses', max_length=200)),
            ],
            options={
                'verbose_name': 'e-mail',
                'ordering': ['-queued_at'],
                'indexes': [models.Index(fields=['state', 'next_try_at'], name='email_state_and_next_try')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sending', 'sent', 'failed'])), name='email_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('claim__isnull', False), ('claimed_at__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('claim__isnull', True), ('claimed_at__isnull', True)), _connector='OR'), name='email_being_sent_has_a_claim'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='sent_email_says_when')],
            },
        ),
        migrations.CreateModel(
            name='RestoredCopy',
            fields=[
                ('only', models.BooleanField(default=True, primary_key=True, serialize=False)),
                ('backup_made_at', models.DateTimeField()),
                ('restored_at', models.DateTimeField()),
                ('taken_over_at', models.DateTimeField(blank=True, help_text='When somebody said that this is the portal', null=True)),
            ],
            options={
                'verbose_name_plural': 'restored copy',
                'constraints': [models.CheckConstraint(condition=models.Q(('only', True)), name='one_restored_copy'), models.CheckConstraint(condition=models.Q(('taken_over_at__isnull', True), ('taken_over_at__gte', models.F('restored_at')), _connector='OR'), name='copy_takes_over_after_it_is_restored')],
            },
        ),
    ]
