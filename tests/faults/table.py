"""The thirty faults, and where each is proved to be survived. `test_table.py` holds that nothing here is made up."""

from __future__ import annotations

CRASH, MACHINES = "tests/crash/test_crash.py", "tests/crash/test_machines.py"
DISK, POSTGRES = "tests/faults/test_disk.py", "tests/faults/test_postgres.py"
HOSTS, CALLS, PUSHES = "tests/faults/test_hosts.py", "tests/faults/test_calls.py", "tests/faults/test_pushes.py"

FAULTS: dict[int, tuple[str, str, str]] = {
    1: ("kill -9", CRASH, "test_nothing_is_lost_at_any_point"),
    2: ("SIGTERM", "tests/faults/test_stop.py", "test_2_it_is_asked_to_stop"),
    3: ("killed, and killed again while it recovers", MACHINES, "test_machines_may_die_under_load"),
    4: ("two workers at once", MACHINES, "test_while_nobody_dies_nothing_is_sent_twice"),
    5: ("the database is locked", DISK, "test_5_the_database_is_locked"),
    6: ("the disk is full on commit", DISK, "test_6_the_disk_is_full_when_it_commits"),
    7: ("an I/O error on the n-th statement", DISK, "test_7_an_io_error_on_the_nth_statement"),
    8: ("the connection to PostgreSQL drops", POSTGRES, "test_8_the_line_is_cut_at_the_nth_round_trip"),
    9: ("a serialization error or deadlock", POSTGRES, "test_9_a_deadlock_is_tried_again"),
    10: ("connect refused", HOSTS, "test_10_the_connection_is_refused"),
    11: ("connect hangs", HOSTS, "test_11_the_connection_is_never_taken"),
    12: ("accepts but never answers", HOSTS, "test_12_nothing_is_ever_answered"),
    13: ("the answer is lost after acceptance", CALLS, "test_13_the_answer_is_lost_after_acceptance"),
    14: ("half an answer", CALLS, "test_14_half_an_answer"),
    15: ("429 with and without Retry-After", CALLS, "test_15_too_many_requests"),
    16: ("412, 502, 504", CALLS, "test_16_a_gateway_fails"),
    17: ("500", CALLS, "test_17_an_internal_error"),
    18: ("200 with an errcode", CALLS, "test_18_an_error_in_a_good_answer"),
    19: ("the token expires while it is used", CALLS, "test_19_the_token_ends_while_we_send"),
    20: ("somebody else refreshed the token", CALLS, "test_20_somebody_else_refreshes_the_token"),
    21: ("45047, 45015", CALLS, "test_21_the_window_is_closed_earlier_than_we_thought"),
    22: ("duplicate now, late, concurrent", PUSHES, "test_22_a_push_comes_again"),
    23: ("reorder", PUSHES, "test_23_pushes_overtake_each_other"),
    24: ("replay with an old timestamp", PUSHES, "test_24_an_old_push_is_replayed"),
    25: ("a bad signature", PUSHES, "test_25_the_signature_is_wrong"),
    26: ("bad AES padding, wrong app id inside", PUSHES, "test_26_the_envelope_is_wrong"),
    27: ("XML bomb, external entity, 100 MB body, slow body", PUSHES, "test_27_a_body_is_a_trap"),
    28: ("the clock jumps an hour, forward and back", PUSHES, "test_28_the_clock_jumps"),
    29: (
        "Teams' signing keys are unreachable",
        "tests/teams/test_keys.py",
        "test_without_any_key_nobody_gets_in_and_teams_may_come_again",
    ),
    30: ("the conversation is gone", CALLS, "test_30_the_conversation_is_gone"),
}
