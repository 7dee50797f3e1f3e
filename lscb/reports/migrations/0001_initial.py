import django.db.models.deletion
import lscb.common.models
import lscb.common.storage
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('reports', '0003_formats_publication_review')]

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('jobs', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnnualReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('year', lscb.common.models.FinancialYearField()),
                ('number', models.PositiveSmallIntegerField(help_text='The edition, counted from 1 in each year')),
                ('as_at', models.DateField(help_text='The figures are those known on this day')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('building', 'Building'), ('ready', 'Ready to approve'), ('approved', 'Approved'), ('failed', 'Not built')], default='draft', help_text='Read it by `life`', max_length=10)),
                ('content', models.JSONField(default=dict)),
                ('content_digest', models.CharField(blank=True, max_length=64)),
                ('pdf', models.FileField(blank=True, storage=lscb.common.storage.private_storage, upload_to=lscb.common.storage.random_name)),
                ('pdf_digest', models.CharField(blank=True, max_length=64)),
                ('pages', models.PositiveSmallIntegerField(default=0)),
                ('job', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='jobs.job')),
                ('built_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ready_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('printed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-year', '-number'],
                'constraints': [models.UniqueConstraint(fields=('year', 'number'), name='one_report_per_year_and_edition'), models.UniqueConstraint(condition=models.Q(('state', 'approved'), _negated=True), fields=('year',), name='one_open_edition_per_year'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='report_approved_when_and_by'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'building', 'ready', 'approved'])), name='report_state_is_stored_one'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', False), ('state', 'approved')), models.Q(models.Q(('state', 'approved'), _negated=True), ('approved_at', None)), _connector='OR'), name='report_is_approved_when_somebody_approved_it'), models.CheckConstraint(condition=models.Q(('built_by', None), ('approved_by', None), models.Q(('approved_by', models.F('built_by')), _negated=True), _connector='OR'), name='report_is_approved_by_a_second_person'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ready', 'approved']), _negated=True), models.Q(models.Q(('content_digest', ''), _negated=True), models.Q(('pdf_digest', ''), _negated=True), models.Q(('pdf', ''), _negated=True), ('pages__gt', 0), ('ready_at__isnull', False)), _connector='OR'), name='finished_report_has_content_and_pdf_with_hashes'), models.CheckConstraint(condition=models.Q(('printed_at', None), ('state', 'approved'), _connector='OR'), name='only_an_approved_report_is_printed')],
            },
        ),
        migrations.CreateModel(
            name='ReportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='reports.annualreport')),
                ('format', models.CharField(choices=[('docx', 'Word document'), ('xlsx', 'Tables as a workbook')], max_length=4)),
                ('file', models.FileField(storage=lscb.common.storage.private_storage, upload_to=lscb.common.storage.random_name)),
                ('digest', models.CharField(max_length=64)),
                ('size', models.PositiveIntegerField(help_text='Bytes')),
            ],
            options={
                'ordering': ['report', 'format'],
                'constraints': [models.UniqueConstraint(fields=('report', 'format'), name='one_file_of_a_format'), models.CheckConstraint(condition=models.Q(('format__in', ['docx', 'xlsx'])), name='file_has_a_known_format')],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='publication', to='reports.annualreport')),
                ('published_at', models.DateTimeField()),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_because', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['-published_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='publication_withdrawn_when_and_by'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_because', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_because', ''), _negated=True)), _connector='OR'), name='publication_is_withdrawn_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='reports.annualreport')),
                ('fact', models.CharField(help_text='Full name, chapter.fact', max_length=150)),
                ('label', models.CharField(max_length=300)),
                ('was', models.CharField(max_length=100)),
                ('now', models.CharField(max_length=100)),
                ('sentence', models.TextField(help_text='Why it moved, for the public')),
                ('noted_at', models.DateTimeField()),
                ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-noted_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('was', models.F('now')), _negated=True), name='correction_changes_a_figure'), models.CheckConstraint(condition=models.Q(('sentence', ''), _negated=True), name='correction_says_why'), models.UniqueConstraint(fields=('report', 'fact', 'now'), name='one_notice_of_a_figure')],
            },
        ),
        migrations.CreateModel(
            name='ReportComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='reports.annualreport')),
                ('chapter', models.SlugField(max_length=40)),
                ('text', models.TextField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('settled_by__isnull', True)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False)), _connector='OR'), name='comment_settled_when_and_by'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_says_something')],
            },
        ),
        migrations.CreateModel(
            name='ChapterPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', lscb.common.models.FinancialYearField()),
                ('chapter', models.SlugField(max_length=40)),
                ('place', models.PositiveSmallIntegerField()),
                ('is_left_out', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['year', 'place'],
                'constraints': [models.UniqueConstraint(fields=('year', 'chapter'), name='one_place_of_a_chapter'), models.UniqueConstraint(fields=('year', 'place'), name='one_chapter_in_a_place')],
            },
        ),
        migrations.CreateModel(
            name='ReportWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', lscb.common.models.FinancialYearField()),
                ('chapter', models.SlugField(max_length=40)),
                ('markdown', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField()),
                ('updated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_from', lscb.common.models.FinancialYearField(blank=True, help_text="Last year's words, not yet confirmed", null=True)),
            ],
            options={
                'verbose_name_plural': 'report words',
                'ordering': ['year', 'chapter'],
                'constraints': [models.UniqueConstraint(fields=('year', 'chapter'), name='one_text_per_year_and_chapter')],
            },
        ),
    ]
