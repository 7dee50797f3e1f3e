import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('training', '0002_course_themes'), ('training', '0003_versions_of_what_staff_keep')]

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('boards', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('summary', models.TextField(blank=True)),
                ('order', models.PositiveSmallIntegerField(default=0, help_text='Where it stands among the others')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['order', 'name'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='one_programme_of_a_name')],
            },
        ),
        migrations.CreateModel(
            name='ChargePolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('days', models.PositiveSmallIntegerField(verbose_name='days before the session')),
                ('window', models.CharField(choices=[('calendar', 'calendar days'), ('working', 'working days')], default='working', max_length=10)),
                ('charges_absence', models.BooleanField(default=True, verbose_name='charges who does not come')),
                ('version', models.PositiveIntegerField(default=1)),
                ('exempt', models.ManyToManyField(blank=True, related_name='+', to='accounts.agency', verbose_name='agencies that pay nothing')),
            ],
            options={
                'verbose_name_plural': 'charge policies',
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('window__in', ['calendar', 'working'])), name='window_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Fee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fees', to='training.chargepolicy')),
                ('length', models.CharField(choices=[('short', 'Up to two hours'), ('half_day', 'Half a day'), ('day', 'One day'), ('two_days', 'Two days'), ('longer', 'More than two days')], max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=8)),
            ],
            options={
                'ordering': ['policy', 'amount'],
                'constraints': [models.UniqueConstraint(fields=('policy', 'length'), name='one_fee_for_a_length'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='fee_is_more_than_nothing')],
            },
        ),
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='courses', to='training.programme')),
                ('title', models.CharField(max_length=150)),
                ('aims', models.TextField(blank=True)),
                ('level', models.CharField(blank=True, max_length=40)),
                ('audience', models.CharField(blank=True, max_length=200, verbose_name='who it is for')),
                ('length', models.CharField(choices=[('short', 'Up to two hours'), ('half_day', 'Half a day'), ('day', 'One day'), ('two_days', 'Two days'), ('longer', 'More than two days')], default='half_day', max_length=10)),
                ('needs_approval', models.BooleanField(default=False, verbose_name='a manager approves each booking')),
                ('certificate_after_evaluation', models.BooleanField(default=False, verbose_name='the certificate comes after the evaluation')),
                ('charge_policy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='courses', to='training.chargepolicy')),
                ('version', models.PositiveIntegerField(default=1)),
                ('themes', models.ManyToManyField(blank=True, related_name='courses', to='boards.theme')),
            ],
            options={
                'ordering': ['programme', 'title'],
                'constraints': [models.UniqueConstraint(models.F('programme'), django.db.models.functions.text.Lower('title'), name='one_course_of_a_title_in_a_programme'), models.CheckConstraint(condition=models.Q(('length__in', ['short', 'half_day', 'day', 'two_days', 'longer'])), name='length_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Trainer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('organisation', models.CharField(blank=True, max_length=150)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('is_active', models.BooleanField(default=True, verbose_name='still teaches')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='training.course')),
                ('state', models.CharField(choices=[('draft', 'Not yet public'), ('open', 'Open for booking'), ('closed', 'Closed for booking'), ('held', 'Held'), ('cancelled', 'Cancelled')], default='draft', max_length=10)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('place', models.CharField(blank=True, max_length=200)),
                ('link', models.URLField(blank=True, help_text='Told to who has a place, only', max_length=300, verbose_name='link to join')),
                ('capacity', models.PositiveSmallIntegerField()),
                ('closes_at', models.DateTimeField(verbose_name='booking closes')),
                ('charge_policy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='training.chargepolicy')),
                ('practical', models.TextField(blank=True, verbose_name='practical information')),
                ('cancelled_because', models.CharField(blank=True, max_length=300)),
                ('version', models.PositiveIntegerField(default=1)),
                ('trainers', models.ManyToManyField(blank=True, related_name='sessions', to='training.trainer')),
            ],
            options={
                'ordering': ['starts_at', 'pk'],
                'indexes': [models.Index(fields=['state', 'starts_at'], name='sessions_by_state_and_start')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='session_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('closes_at__lte', models.F('starts_at'))), name='booking_closes_before_the_start'), models.CheckConstraint(condition=models.Q(('capacity__gte', 1)), name='session_has_a_place'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'open', 'closed', 'held', 'cancelled'])), name='session_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('place', ''), _negated=True), models.Q(('link', ''), _negated=True), _connector='OR'), name='session_is_somewhere'), models.CheckConstraint(condition=models.Q(('state', 'cancelled'), ('cancelled_because', ''), _connector='OR'), name='only_a_cancelled_session_says_why')],
            },
        ),
        migrations.CreateModel(
            name='SessionDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='training.session')),
                ('number', models.PositiveSmallIntegerField(help_text='1 for the first day')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['session', 'number'],
                'constraints': [models.UniqueConstraint(fields=('session', 'number'), name='one_day_of_a_number'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='day_of_a_session_ends_later')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='training.session')),
                ('subject', models.CharField(max_length=120)),
                ('text', models.TextField()),
                ('sent_at', models.DateTimeField()),
                ('sent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recipients', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['-sent_at'],
            },
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(max_length=120)),
                ('job', models.CharField(max_length=120, verbose_name='role')),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='participants', to='accounts.agency')),
                ('organisation', models.CharField(blank=True, max_length=150)),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='participant', to=settings.AUTH_USER_MODEL)),
                ('access_needs', models.TextField(blank=True)),
                ('dietary_needs', models.TextField(blank=True)),
                ('needs_asked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['name', 'email'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_participant_per_e_mail'), models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', False), ('organisation', '')), models.Q(('agency__isnull', True), models.Q(('organisation', ''), _negated=True)), _connector='OR'), name='participant_is_of_an_agency_or_an_organisation')],
            },
        ),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='training.session')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='training.participant')),
                ('state', models.CharField(choices=[('unconfirmed', 'E-mail not confirmed'), ('requested', 'Waiting for the manager'), ('confirmed', 'Confirmed'), ('waiting', 'On the waiting list'), ('offered', 'Place offered'), ('declined', 'Declined by the manager'), ('lapsed', 'Lapsed'), ('left', 'Left'), ('cancelled_in_time', 'Cancelled in time'), ('cancelled_late', 'Cancelled late'), ('substituted', 'Given to a colleague'), ('called_off', 'Session cancelled'), ('attended', 'Attended'), ('did_not_attend', 'Did not attend'), ('walked_in', 'Walked in')], max_length=20)),
                ('place', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('name', models.CharField(max_length=120)),
                ('job', models.CharField(max_length=120, verbose_name='role')),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='training_bookings', to='accounts.agency')),
                ('organisation', models.CharField(blank=True, max_length=150)),
                ('manager_email', models.EmailField(blank=True, max_length=254)),
                ('booked_at', models.DateTimeField()),
                ('in_line', models.PositiveIntegerField(blank=True, null=True)),
                ('offered_until', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled, left or lapsed at')),
                ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='given_to', to='training.booking')),
                ('invitation', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['booked_at', 'pk'],
                'indexes': [models.Index(fields=['session', 'state'], name='bookings_of_a_session_by_state'), models.Index(condition=models.Q(('state', 'offered')), fields=['offered_until'], name='offers_by_their_end')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('unconfirmed', 'requested', 'waiting', 'offered', 'confirmed', 'attended', 'did_not_attend', 'walked_in'))), fields=('session', 'participant'), name='one_live_booking_per_person_and_session'), models.UniqueConstraint(fields=('session', 'place'), name='one_booking_per_place'), models.UniqueConstraint(fields=('session', 'in_line'), name='one_booking_at_a_point_of_the_line'), models.CheckConstraint(condition=models.Q(models.Q(('place__gte', 1), ('place__isnull', False), ('state__in', ('confirmed', 'offered', 'attended', 'walked_in'))), models.Q(models.Q(('state__in', ('confirmed', 'offered', 'attended', 'walked_in')), _negated=True), ('place__isnull', True)), _connector='OR'), name='who_holds_a_place_has_its_number'), models.CheckConstraint(condition=models.Q(models.Q(('offered_until__isnull', False), ('state', 'offered')), models.Q(models.Q(('state', 'offered'), _negated=True), ('offered_until__isnull', True)), _connector='OR'), name='offer_says_until_when'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('waiting', 'offered')), _negated=True), ('in_line__isnull', False), _connector='OR'), name='who_waits_stands_in_line'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ('unconfirmed', 'requested', 'waiting', 'offered', 'confirmed', 'attended', 'did_not_attend', 'walked_in'))), models.Q(models.Q(('state__in', ('unconfirmed', 'requested', 'waiting', 'offered', 'confirmed', 'attended', 'did_not_attend', 'walked_in')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='ended_booking_says_when'), models.CheckConstraint(condition=models.Q(('state__in', ['unconfirmed', 'requested', 'confirmed', 'waiting', 'offered', 'declined', 'lapsed', 'left', 'cancelled_in_time', 'cancelled_late', 'substituted', 'called_off', 'attended', 'did_not_attend', 'walked_in'])), name='booking_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('agency__isnull', False), ('organisation', '')), models.Q(('agency__isnull', True), models.Q(('organisation', ''), _negated=True)), _connector='OR'), name='booking_is_of_an_agency_or_an_organisation')],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance', to='training.booking')),
                ('day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendance', to='training.sessionday')),
            ],
            options={
                'ordering': ['booking', 'day'],
                'constraints': [models.UniqueConstraint(fields=('booking', 'day'), name='somebody_is_there_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('booking', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='charge', to='training.booking')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=8)),
                ('arose_on', models.DateField()),
                ('reason', models.CharField(max_length=120)),
                ('invoiced_on', models.DateField(blank=True, null=True)),
                ('invoice', models.CharField(blank=True, max_length=40, verbose_name='invoice number')),
                ('waived_on', models.DateField(blank=True, null=True)),
                ('waived_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('waived_because', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'ordering': ['-arose_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='charge_is_more_than_nothing'), models.CheckConstraint(condition=models.Q(models.Q(('waived_by__isnull', True), ('waived_on__isnull', True)), models.Q(('waived_by__isnull', False), ('waived_on__isnull', False)), _connector='OR'), name='charge_waived_when_and_by'), models.CheckConstraint(condition=models.Q(models.Q(('waived_because', ''), ('waived_on__isnull', True)), models.Q(('waived_on__isnull', False), models.Q(('waived_because', ''), _negated=True)), _connector='OR'), name='waiver_has_a_reason'), models.CheckConstraint(condition=models.Q(('waived_on__isnull', True), ('invoiced_on__isnull', True), _connector='OR'), name='charge_is_waived_or_invoiced'), models.CheckConstraint(condition=models.Q(('invoiced_on__isnull', True), ('invoiced_on__gte', models.F('arose_on')), _connector='OR'), name='charge_is_invoiced_after_it_arose')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=200, unique=True)),
                ('order', models.PositiveSmallIntegerField()),
                ('is_asked', models.BooleanField(default=True, verbose_name='is asked')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='training.booking')),
                ('moment', models.CharField(choices=[('before', 'Before'), ('after', 'Straight after'), ('later', 'Three months on')], max_length=6)),
                ('given_on', models.DateField()),
                ('comment', models.TextField(blank=True)),
                ('comment_state', models.CharField(choices=[('none', 'No comment'), ('unread', 'To read'), ('cleared', 'May be printed'), ('withheld', 'Not to be printed')], default='none', max_length=8)),
                ('printed', models.TextField(blank=True)),
                ('moderated_at', models.DateTimeField(blank=True, null=True)),
                ('moderated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-given_on', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('booking', 'moment'), name='one_evaluation_at_a_moment'), models.CheckConstraint(condition=models.Q(('moment__in', ['before', 'after', 'later'])), name='moment_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('comment', ''), ('comment_state', 'none')), models.Q(models.Q(('comment', ''), _negated=True), models.Q(('comment_state', 'none'), _negated=True)), _connector='OR'), name='comment_has_a_state'), models.CheckConstraint(condition=models.Q(models.Q(('comment_state', 'cleared'), models.Q(('printed', ''), _negated=True)), models.Q(models.Q(('comment_state', 'cleared'), _negated=True), ('printed', '')), _connector='OR'), name='only_what_is_cleared_is_printed'), models.CheckConstraint(condition=models.Q(models.Q(('moderated_at__isnull', True), ('moderated_by__isnull', True)), models.Q(('moderated_at__isnull', False), ('moderated_by__isnull', False)), _connector='OR'), name='comment_moderated_when_and_by')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('evaluation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='training.evaluation')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='training.question')),
                ('score', models.PositiveSmallIntegerField(choices=[(1, '1, not at all'), (2, '2'), (3, '3'), (4, '4'), (5, '5, completely')])),
            ],
            options={
                'ordering': ['question'],
                'constraints': [models.UniqueConstraint(fields=('evaluation', 'question'), name='one_answer_to_a_question'), models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='score_is_on_the_scale')],
            },
        ),
    ]
