import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import lscb.common.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('dataset', '0003_collections_and_disclosure')]

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('files', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, unique=True, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9_]*$', 'Write the code in lower-case letters, digits and underscores.')])),
                ('title', models.CharField(max_length=150)),
                ('source_agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='indicators', to='accounts.agency')),
                ('unit', models.CharField(choices=[('count', 'Count'), ('percent', 'Percent'), ('rate', 'Rate'), ('days', 'Days (average)')], max_length=10)),
                ('multiplier', models.PositiveIntegerField(blank=True, help_text='Per how many a rate is', null=True)),
                ('numerator_label', models.CharField(blank=True, max_length=120)),
                ('denominator_label', models.CharField(blank=True, max_length=120)),
                ('decimals', models.PositiveSmallIntegerField(default=0)),
                ('kind', models.CharField(choices=[('stock', 'Stock: counted at the end of the period'), ('flow', 'Flow: counted over the period'), ('rolling', 'Rolling twelve months'), ('annual', 'Annual')], max_length=10)),
                ('frequency', models.CharField(choices=[('month', 'Every month'), ('quarter', 'Every quarter'), ('year', 'Every year')], default='quarter', max_length=10)),
                ('polarity', models.CharField(choices=[('higher', 'Higher is better'), ('lower', 'Lower is better'), ('neither', 'Neither')], default='neither', max_length=10)),
                ('target', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True)),
                ('tolerance', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True)),
                ('expected_change', models.PositiveSmallIntegerField(default=25, help_text='Percent (points of a percentage) up or down on the period before that need no comment')),
                ('part_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='dataset.indicator')),
                ('on_main', models.BooleanField(default=True, verbose_name='on the main scorecard')),
                ('on_met', models.BooleanField(default=False, verbose_name='on the MET scorecard')),
                ('wants_neighbours', models.BooleanField(default=False, verbose_name='compared with statistical neighbours')),
                ('wants_region', models.BooleanField(default=False, verbose_name='compared with the region')),
                ('wants_england', models.BooleanField(default=False, verbose_name='compared with England')),
                ('disclosure_class', models.CharField(choices=[('open', 'Open: shown as they are'), ('children', 'Counts children: 1 to 5 are hidden from the public'), ('sensitive', 'Sensitive: never shown to the public')], default='children', max_length=10)),
                ('position', models.PositiveIntegerField(default=0)),
                ('active_from', lscb.common.models.QuarterField(blank=True, null=True)),
                ('active_to', lscb.common.models.QuarterField(blank=True, null=True)),
            ],
            options={
                'ordering': ['position', 'code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[a-z][a-z0-9_]*$')), name='indicator_code_is_lower_case_words'), models.CheckConstraint(condition=models.Q(models.Q(('multiplier__in', [1000, 10000]), ('unit', 'rate')), models.Q(('multiplier__isnull', True), ('unit', 'count')), models.Q(('multiplier__in', [1000, 10000]), ('unit', 'count')), models.Q(('multiplier__isnull', True), ('unit__in', ['percent', 'days'])), _connector='OR'), name='rate_is_per_1000_or_10000'), models.CheckConstraint(condition=models.Q(('tolerance__isnull', True), models.Q(('target__isnull', False), ('tolerance__gte', 0)), _connector='OR'), name='tolerance_needs_a_target'), models.CheckConstraint(condition=models.Q(('active_to__isnull', True), ('active_from__isnull', True), ('active_to__gte', models.F('active_from')), _connector='OR'), name='indicator_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('part_of__isnull', True), models.Q(('part_of', models.F('id')), _negated=True), _connector='OR'), name='indicator_is_not_part_of_itself'), models.CheckConstraint(condition=models.Q(models.Q(('frequency', 'year'), ('kind', 'annual')), models.Q(models.Q(('kind', 'annual'), _negated=True), models.Q(('frequency', 'year'), _negated=True)), _connector='OR'), name='annual_indicator_comes_every_year')],
            },
        ),
        migrations.CreateModel(
            name='IndicatorRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='dataset.indicator')),
                ('revision', models.PositiveIntegerField()),
                ('said', models.JSONField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['indicator', 'revision'],
                'constraints': [models.UniqueConstraint(fields=('indicator', 'revision'), name='one_indicator_revision_of_a_number')],
            },
        ),
        migrations.CreateModel(
            name='DefinitionVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='definitions', to='dataset.indicator')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('from_period', lscb.common.models.PeriodField(blank=True, null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['indicator', 'number'],
                'constraints': [models.UniqueConstraint(fields=('indicator', 'number'), name='one_definition_of_a_number'), models.UniqueConstraint(fields=('indicator', 'from_period'), name='one_definition_from_a_period'), models.CheckConstraint(condition=models.Q(models.Q(('from_period__isnull', True), ('number', 1)), models.Q(('from_period__isnull', False), ('number__gt', 1)), _connector='OR'), name='first_definition_holds_from_the_start')],
            },
        ),
        migrations.CreateModel(
            name='Collection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter', lscb.common.models.QuarterField(unique=True)),
                ('due', models.DateField()),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-quarter'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='collection_closed_when_and_by')],
            },
        ),
        migrations.CreateModel(
            name='AgencyReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('collection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='dataset.collection')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figure_returns', to='accounts.agency')),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('sender', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reminders', models.PositiveSmallIntegerField(default=0)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['collection', 'agency'],
                'constraints': [models.UniqueConstraint(fields=('collection', 'agency'), name='one_return_per_agency_and_collection'), models.CheckConstraint(condition=models.Q(models.Q(('reminded_at__isnull', True), ('reminders', 0)), models.Q(('reminded_at__isnull', False), ('reminders__gt', 0)), _connector='OR'), name='reminded_agency_says_when')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_return', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='dataset.agencyreturn')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dataset.indicator')),
                ('period', lscb.common.models.PeriodField()),
                ('typed', models.JSONField(help_text='value, numerator, denominator, absence, provisional, comment: texts')),
                ('typed_at', models.DateTimeField()),
                ('typed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['of_return', 'indicator', 'period'],
                'constraints': [models.UniqueConstraint(fields=('of_return', 'indicator', 'period'), name='one_entry_per_cell')],
            },
        ),
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.attachment')),
                ('of_return', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uploads', to='dataset.agencyreturn')),
                ('quarter', lscb.common.models.QuarterField(blank=True, null=True)),
                ('uploaded_at', models.DateTimeField()),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-uploaded_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('confirmed_by__isnull', True)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='upload_confirmed_when_and_by')],
            },
        ),
        migrations.CreateModel(
            name='Comparator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comparators', to='dataset.indicator')),
                ('against', models.CharField(choices=[('neighbours', 'Statistical neighbours'), ('region', 'Region'), ('england', 'England')], max_length=12)),
                ('name', models.CharField(blank=True, help_text='What it is called here, such as South East', max_length=60)),
                ('year', lscb.common.models.FinancialYearField()),
                ('revision', models.PositiveIntegerField()),
                ('period_label', models.CharField(help_text='The period the value is of, as it is printed', max_length=60)),
                ('value', models.DecimalField(decimal_places=6, max_digits=20)),
                ('source', models.CharField(blank=True, max_length=150)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['indicator', 'year', 'against', 'revision'],
                'constraints': [models.UniqueConstraint(fields=('indicator', 'against', 'year', 'revision'), name='one_comparator_per_revision')],
            },
        ),
        migrations.CreateModel(
            name='ComparatorSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('against', models.CharField(choices=[('neighbours', 'Statistical neighbours'), ('region', 'Region'), ('england', 'England')], max_length=12)),
                ('from_year', lscb.common.models.FinancialYearField()),
                ('revision', models.PositiveIntegerField()),
                ('members', models.TextField()),
                ('source', models.CharField(blank=True, max_length=150)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['against', 'from_year', 'revision'],
                'constraints': [models.UniqueConstraint(fields=('against', 'from_year', 'revision'), name='one_comparator_set_per_revision'), models.CheckConstraint(condition=models.Q(('members', ''), _negated=True), name='comparator_set_names_its_members'), models.CheckConstraint(condition=models.Q(('against', 'england'), _negated=True), name='england_is_no_set')],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='dataset.indicator')),
                ('period', lscb.common.models.PeriodField()),
                ('revision', models.PositiveIntegerField()),
                ('numerator', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ('denominator', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ('value', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True)),
                ('absence', models.CharField(blank=True, choices=[('nil_return', 'Nil return'), ('not_collected', 'Not collected'), ('not_applicable', 'Not applicable'), ('suppressed', 'Suppressed'), ('blank', 'Blank')], max_length=20)),
                ('status', models.CharField(choices=[('provisional', 'Provisional'), ('final', 'Final')], default='final', max_length=12)),
                ('comment', models.TextField(blank=True)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['indicator', 'period', 'revision'],
                'constraints': [models.UniqueConstraint(fields=('indicator', 'period', 'revision'), name='one_figure_per_revision'), models.CheckConstraint(condition=models.Q(models.Q(('absence', ''), ('value__isnull', False)), models.Q(('denominator__isnull', True), ('numerator__isnull', True), ('value__isnull', True), models.Q(('absence', ''), _negated=True)), _connector='OR'), name='figure_has_a_value_or_says_why_not'), models.CheckConstraint(condition=models.Q(models.Q(('denominator__isnull', True), ('numerator__isnull', True)), models.Q(('denominator__gt', 0), ('numerator__isnull', False)), _connector='OR'), name='figure_has_both_parts_or_neither'), models.CheckConstraint(condition=models.Q(('revision__gte', 1)), name='figure_revisions_count_from_one')],
            },
        ),
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter', lscb.common.models.QuarterField()),
                ('number', models.PositiveSmallIntegerField()),
                ('as_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('provisional', 'Provisional'), ('final', 'Final')], max_length=12)),
                ('content', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('compiled_at', models.DateTimeField()),
                ('compiled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-quarter', '-number'],
                'constraints': [models.UniqueConstraint(fields=('quarter', 'number'), name='one_edition_of_a_number'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='editions_count_from_one')],
            },
        ),
        migrations.CreateModel(
            name='BoardPack',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packs', to='dataset.edition')),
                ('title', models.CharField(max_length=150)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='PackItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pack', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='dataset.boardpack')),
                ('code', models.CharField(max_length=60)),
                ('position', models.PositiveSmallIntegerField()),
                ('question', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['pack', 'position'],
                'constraints': [models.UniqueConstraint(fields=('pack', 'code'), name='indicator_is_in_a_pack_once')],
            },
        ),
        migrations.CreateModel(
            name='DisclosurePolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('board', 'Members of the board and its groups'), ('public', 'The public')], max_length=10)),
                ('disclosure_class', models.CharField(choices=[('open', 'Open: shown as they are'), ('children', 'Counts children: 1 to 5 are hidden from the public'), ('sensitive', 'Sensitive: never shown to the public')], max_length=10)),
                ('revision', models.PositiveIntegerField()),
                ('withheld', models.BooleanField(default=False)),
                ('threshold', models.PositiveSmallIntegerField(default=5)),
                ('zeros_shown', models.BooleanField(default=True)),
                ('rounding_base', models.PositiveSmallIntegerField(default=1)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['audience', 'disclosure_class', 'revision'],
                'constraints': [models.UniqueConstraint(fields=('audience', 'disclosure_class', 'revision'), name='one_policy_per_revision'), models.CheckConstraint(condition=models.Q(('rounding_base__gte', 1)), name='rounding_base_is_one_or_more'), models.CheckConstraint(condition=models.Q(('threshold', 1), _negated=True), name='hiding_only_ones_hides_nothing')],
            },
        ),
        migrations.CreateModel(
            name='Lift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lifts', to='dataset.indicator')),
                ('audience', models.CharField(choices=[('board', 'Members of the board and its groups'), ('public', 'The public')], max_length=10)),
                ('period', lscb.common.models.PeriodField(blank=True, null=True)),
                ('reason', models.TextField()),
                ('lifted_at', models.DateTimeField()),
                ('lifted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-lifted_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='lift_gives_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='lift_ended_when_and_by'), models.UniqueConstraint(models.F('indicator'), models.F('audience'), django.db.models.functions.comparison.Coalesce('period', models.Value('')), condition=models.Q(('ended_at__isnull', True)), name='one_lift_in_force')],
            },
        ),
        migrations.CreateModel(
            name='PublishedDataset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='published', to='dataset.edition')),
                ('quarter', lscb.common.models.QuarterField()),
                ('number', models.PositiveSmallIntegerField(help_text='1 for the first version of a quarter')),
                ('content', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-quarter', '-number'],
                'constraints': [models.UniqueConstraint(fields=('quarter', 'number'), name='one_published_dataset_of_a_number')],
            },
        ),
    ]
