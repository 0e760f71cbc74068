"""Attack → the tests that hold it, wherever they are. What is not in this table is not promised."""

from __future__ import annotations

from collections.abc import Mapping

AUTH, DOOR = "tests/teams/test_auth.py", "tests/wechat/test_webhook.py"
CRYPTO, PUSH = "tests/wechat/test_crypto.py", "tests/wechat/test_messages.py"
HERE = "tests/attacks"
OUTSIDE, REPLIES = "tests/cards/test_outside.py", "tests/wechat/test_replies.py"

ATTACKS: Mapping[str, tuple[str, ...]] = {
    # Teams
    "JWT: none, forged, expired, other audience, issuer or key, `none`, HS256 with the public key, missing claims": (
        f"{AUTH}::test_a_bad_token_is_refused",
    ),
    "JWT: other tenant": (f"{AUTH}::test_the_place_is_checked_with_and_without_sign_in",),
    "JWT: serviceUrl not matching": (
        f"{AUTH}::test_a_bad_token_is_refused",
        f"{AUTH}::test_a_remembered_token_is_still_for_its_service_url_alone",
        f"{AUTH}::test_an_activity_without_service_url_is_refused",
    ),
    "signing keys withheld or broken": (
        "tests/teams/test_keys.py::test_without_any_key_nobody_gets_in_and_teams_may_come_again",
        "tests/teams/test_keys.py::test_a_broken_key_does_not_spoil_the_others",
        "tests/teams/test_keys.py::test_an_unknown_key_makes_us_ask_once_an_hour",
    ),
    "sign-in switched off where others can reach it": (
        "tests/test_settings.py::test_dev_mode_is_refused_where_others_could_reach_it",
    ),
    # WeChat
    "WeChat: signature": (f"{DOOR}::test_refused_pushes", f"{CRYPTO}::test_any_other_signature_is_nobodys"),
    "WeChat: replay": (
        f"{DOOR}::test_refused_pushes",
        f"{DOOR}::test_a_repeated_delivery_is_not_refused_here",
        "tests/e2e/test_bad_input.py::test_the_same_message_three_times",
    ),
    "WeChat: downgrade to plaintext": (
        f"{DOOR}::test_no_downgrade_to_plain_text",
        f"{DOOR}::test_the_plain_signature_is_no_substitute",
        f"{DOOR}::test_compatible_mode_trusts_the_ciphertext_alone",
    ),
    "WeChat: other app id": (f"{CRYPTO}::test_everything_wrong_is_the_same_error",),
    "WeChat: padding oracle": (
        f"{DOOR}::test_after_the_signature_every_refusal_is_the_same_to_the_byte",
        f"{CRYPTO}::test_noise_is_never_anything_but_unreadable",
        f"{CRYPTO}::test_a_changed_byte_never_changes_who_it_is_for",
    ),
    # where we connect to
    "SSRF through serviceUrl": (
        f"{HERE}/test_addresses.py::test_a_service_url_of_somebody_elses_is_refused_and_never_called",
        "tests/teams/test_hosts.py::test_not_allowed",
        "tests/teams/test_sender.py::test_a_token_is_shown_to_nobody_else",
        "tests/teams/test_sender.py::test_ids_with_odd_characters_stay_inside_the_path",
    ),
    "SSRF through media or links": (f"{HERE}/test_addresses.py::test_links_pictures_and_files_are_not_fetched",),
    # bodies and paths
    "XML bombs": (
        f"{HERE}/test_parsers.py::test_xml_bombs",
        f"{HERE}/test_parsers.py::test_nothing_nested_is_followed_to_its_end",
        f"{HERE}/test_parsers.py::test_a_push_with_more_in_it_than_wechat_ever_sends",
        f"{DOOR}::test_bodies_that_carry_no_ciphertext",
    ),
    "JSON bombs": (
        f"{HERE}/test_bodies.py::test_json_bombs",
        f"{HERE}/test_parsers.py::test_nothing_nested_is_followed_to_its_end",
    ),
    "compressed bombs": (f"{HERE}/test_bodies.py::test_a_gzip_bomb_is_not_unpacked",),
    "slow bodies": (
        f"{HERE}/test_bodies.py::test_a_slow_body_gives_up_its_place",
        f"{DOOR}::test_a_body_that_does_not_come",
    ),
    "huge bodies": (
        f"{DOOR}::test_bodies_too_large",
        "tests/teams/test_adapter.py::test_a_body_may_have_512_kib",
    ),
    "bodies that are not what they say": (
        f"{HERE}/test_bodies.py::test_a_body_that_cannot_be_unpacked_is_a_bad_request",
        f"{DOOR}::test_a_body_that_cannot_be_unpacked",
    ),
    "too many requests at once": ("tests/teams/test_adapter.py::test_too_much_at_once_is_turned_away",),
    "request smuggling": (f"{HERE}/test_surface.py::test_requests_that_two_servers_would_read_differently",),
    "path tricks": (f"{HERE}/test_surface.py::test_path_tricks", "tests/test_pages.py::test_nothing_else_is_served"),
    # whose it is
    "card data forged": (
        "tests/e2e/test_bad_input.py::test_a_forged_thread_id",
        "tests/e2e/test_bad_input.py::test_a_click_by_another_user",
        "tests/engine/test_authorisation.py::test_no_event_of_hers_touches_a_thread_of_his",
        "tests/engine/test_authorisation.py::test_no_event_of_hers_names_a_message_of_his",
        f"{HERE}/test_surface.py::test_any_card_data_on_a_real_conversation",
    ),
    "PINs guessed": (
        "tests/e2e/test_getting_connected.py::test_an_attacker_has_twenty_guesses_however_many_they_make",
        "tests/e2e/test_getting_connected.py::test_wrong_pins_lock_and_no_new_pin_resets_the_count",
    ),
    "a template's result told late": (
        "tests/engine/test_contact.py::test_what_is_told_of_an_earlier_prompt_is_of_no_later_one",
        "tests/store/test_events.py::test_a_template_is_found_by_what_wechat_calls_it",
    ),
    # injection
    "Markdown and HTML from WeChat into cards": (
        f"{OUTSIDE}::test_nothing_in_a_card_reads_markdown_or_goes_elsewhere",
        f"{OUTSIDE}::test_the_same_buttons_whatever_outsiders_wrote",
        f"{OUTSIDE}::test_names_are_harmless",
    ),
    "HTML and XML from Teams into WeChat": (
        "tests/domain/test_plain.py::test_no_link_comes_alive",
        "tests/wechat/test_client.py::test_only_our_own_wording_may_hold_links",
        f"{REPLIES}::test_a_reply_comes_out_of_wechats_parser_as_it_went_in",
    ),
    "CSV formulas": (f"{HERE}/test_screen.py::test_no_spreadsheet_is_ever_written",),
    "mail headers": ("tests/commands/test_export.py::test_letters_open_in_a_mail_reader",),
    "log lines": ("tests/test_logs.py::test_nobody_can_start_a_line_of_their_own",),
    "an administrator's terminal": (
        f"{HERE}/test_screen.py::test_nothing_steers_the_terminal",
        f"{HERE}/test_screen.py::test_nobody_writes_a_line_of_their_own_into_a_table",
    ),
    # what gets out
    "secrets in logs, errors and metrics": (
        f"{HERE}/test_secrets.py::test_nothing_private_is_logged_counted_or_answered",
        "tests/test_logs.py::test_what_an_exception_says_is_not_logged",
        f"{DOOR}::test_refusals_are_logged_without_what_was_sent",
        "tests/teams/test_adapter.py::test_logs_hold_no_words_names_or_tokens",
        "tests/wechat/test_client.py::test_nothing_secret_is_ever_logged",
    ),
    "secrets in settings and refusals to start": (
        "tests/test_settings.py::test_every_problem_is_told_at_once_and_no_secret_with_it",
        f"{HERE}/test_parsers.py::test_settings",
        f"{HERE}/test_parsers.py::test_addresses",
    ),
    "secrets in the package": (f"{HERE}/test_secrets.py::test_the_package_holds_no_secret",),
    # the record
    "the record changed": (
        "tests/store/test_tampering.py::test_every_change_of_the_chain_is_found",
        "tests/store/test_tampering.py::test_every_change_of_words_is_found",
        "tests/store/test_tampering.py::test_the_database_refuses_every_way_to_change_the_record",
    ),
    "the record cut off": ("tests/commands/test_record.py::test_a_cut_end_is_found_by_the_head",),
    "short words guessed after they were deleted": (
        "tests/store/test_tampering.py::test_the_same_words_have_another_digest_each_time",
        "tests/store/test_retention.py::test_words_salts_media_and_who_it_was_go_and_the_record_says_so",
    ),
    # anything at all
    "fuzz: parsers": (
        f"{HERE}/test_parsers.py::test_wechats_body",
        f"{HERE}/test_parsers.py::test_wechats_fields",
        f"{HERE}/test_parsers.py::test_an_activity",
        f"{HERE}/test_parsers.py::test_card_data",
        f"{HERE}/test_parsers.py::test_contact_files",
        f"{HERE}/test_parsers.py::test_a_roster",
        f"{HERE}/test_parsers.py::test_durations",
        f"{HERE}/test_parsers.py::test_numbers_and_words",
        f"{HERE}/test_parsers.py::test_a_dotenv_file",
        f"{HERE}/test_parsers.py::test_a_stored_policy",
        f"{HERE}/test_parsers.py::test_commands",
    ),
    "fuzz: everything over HTTP": (
        f"{HERE}/test_surface.py::test_any_activity",
        f"{HERE}/test_surface.py::test_any_push",
        f"{HERE}/test_surface.py::test_any_body",
        f"{HERE}/test_surface.py::test_any_request",
    ),
}
