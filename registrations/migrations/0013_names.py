# Names of what several changes added: actions, jobs, mails, permissions.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0012_webinar_language'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='registration',
            options={'ordering': ['-created_at', '-id'], 'permissions': [('invite_guest', 'Can invite guests'), ('export_registration', "Can take people's data out as a file"), ('import_registration', 'Can import registrations from a list'), ('retry_address', 'Can let mail go again to an address that bounced'), ('erase_registration', "Can erase a person's data")], 'verbose_name': 'registration', 'verbose_name_plural': 'registrations'},
        ),
        migrations.AlterField(
            model_name='bulkjob',
            name='kind',
            field=models.CharField(choices=[('decision', 'decision'), ('session_change', 'session changed'), ('agenda', 'agenda published'), ('reassessment', 're-assessment'), ('closing', 'session over'), ('reminder', 'reminder'), ('follow_up', 'follow-up'), ('override', 'overrides confirmed'), ('promotion', 'places given to the waiting list'), ('import', 'registrations imported')], max_length=15),
        ),
        migrations.AlterField(
            model_name='historyentry',
            name='action',
            field=models.CharField(choices=[('registered', 'registered'), ('confirmed', 'address confirmed'), ('expired', 'expired'), ('edited', 'edited by the person'), ('withdrawn', 'withdrawn by the person'), ('consent_changed', 'consent given or withdrawn by the person'), ('erased', 'personal data erased'), ('purged', 'personal data deleted at the end of their period'), ('address_asked', 'new address given by the person'), ('address_changed', 'address changed by the person'), ('guest_invited', 'guest invited'), ('approved', 'approved'), ('waitlisted', 'put on the waiting list'), ('moved_on_list', 'moved on the waiting list'), ('promoted', 'approved from the waiting list'), ('rejected', 'rejected'), ('put_back', 'put back to requested'), ('cancelled', 'cancelled'), ('override_requested', 'override requested'), ('override_confirmed', 'override confirmed'), ('override_declined', 'override declined'), ('override_lapsed', 'override lapsed unanswered'), ('contested', 'contested by the person'), ('contest_answered', 'contest answered'), ('reassessed', 're-assessed'), ('rescheduled', 'time changed'), ('retitled', 'title or place changed'), ('date_withdrawn', 'date taken back'), ('session_cancelled', 'session cancelled'), ('registration_opened', 'registration opened'), ('registration_planned', 'opening of registration planned'), ('registration_closed', 'registration closed'), ('auto_approval_on', 'automatic approval switched on'), ('auto_approval_off', 'automatic approval switched off'), ('webinar_copied', 'made as a copy of another webinar'), ('agenda_published', 'agenda published'), ('undecided', 'not decided in time'), ('joined', 'joined'), ('exported', 'people exported'), ('addresses_imported', 'personal meeting addresses imported'), ('people_imported', 'registrations imported'), ('attendance_imported', 'attendance report saved'), ('attendance_matched', 'attendance matched by hand'), ('attendance_dismissed', 'attendance set aside'), ('attendance_opened', 'attendance put back to be matched'), ('questions_marked', 'questions marked'), ('follow_up_edited', 'follow-up links changed'), ('follow_up_sent', 'follow-up sent'), ('bounced', 'address bounced'), ('address_retried', 'address to be tried again'), ('invitation_answered', 'invitation answered in a calendar'), ('mail_resent', 'mail sent again'), ('mail_text_changed', 'mail text changed'), ('legal_text_added', 'legal text published'), ('bulk_started', 'bulk job started'), ('bulk_released', 'bulk job released before its time'), ('bulk_stopped', 'bulk job stopped')], max_length=20),
        ),
        migrations.AlterField(
            model_name='mailtext',
            name='kind',
            field=models.CharField(choices=[('confirm_address', 'confirm your address'), ('confirm_new_address', 'confirm your new address'), ('address_changed', 'address changed'), ('address_left', 'registration moved away'), ('already_registered', 'already registered'), ('manage_link', 'your links'), ('received', 'registration received'), ('invitation', 'invitation'), ('place_kept', 'place kept, date to be confirmed'), ('session_changed', 'session changed'), ('date_withdrawn', 'date no longer holds'), ('session_cancelled', 'session cancelled'), ('waitlisted', 'on the waiting list'), ('rejected', 'not admitted'), ('put_back', 'to be decided again'), ('contest_answered', 'answer to a contest'), ('cancelled', 'place cancelled by staff'), ('withdrawn', 'withdrawal confirmed'), ('erased', 'data erased'), ('agenda', 'agenda'), ('undecided', 'not decided in time'), ('reminder', 'reminder'), ('follow_up', 'follow-up'), ('staff_digest', 'to staff: what waits'), ('staff_deadline', 'to staff: undecided before a session')], max_length=20, verbose_name='mail'),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(choices=[('confirm_address', 'confirm your address'), ('confirm_new_address', 'confirm your new address'), ('address_changed', 'address changed'), ('address_left', 'registration moved away'), ('already_registered', 'already registered'), ('manage_link', 'your links'), ('received', 'registration received'), ('invitation', 'invitation'), ('place_kept', 'place kept, date to be confirmed'), ('session_changed', 'session changed'), ('date_withdrawn', 'date no longer holds'), ('session_cancelled', 'session cancelled'), ('waitlisted', 'on the waiting list'), ('rejected', 'not admitted'), ('put_back', 'to be decided again'), ('contest_answered', 'answer to a contest'), ('cancelled', 'place cancelled by staff'), ('withdrawn', 'withdrawal confirmed'), ('erased', 'data erased'), ('agenda', 'agenda'), ('undecided', 'not decided in time'), ('reminder', 'reminder'), ('follow_up', 'follow-up'), ('staff_digest', 'to staff: what waits'), ('staff_deadline', 'to staff: undecided before a session')], max_length=20),
        ),
    ]
