import django.db.models.deletion
import django.utils.timezone
import lscb.common.storage
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('files', '0002_case_access')]

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('file', models.FileField(storage=lscb.common.storage.private_storage, upload_to=lscb.common.storage.random_name)),
                ('original_name', models.CharField(max_length=150)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField(help_text='Bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('permission', models.CharField(max_length=60)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
                ('group', models.SlugField(blank=True, help_text='Code of the group; groups live a floor above')),
                ('case', models.UUIDField(blank=True, editable=False, help_text='Key of the case that people may be let into or kept out of', null=True)),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-uploaded_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('permission', ''), _negated=True), name='attachment_is_guarded'), models.CheckConstraint(condition=models.Q(('agency__isnull', True), ('group', ''), _connector='OR'), name='attachment_is_of_agency_or_group'), models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='attachment_is_not_empty')],
            },
        ),
    ]
