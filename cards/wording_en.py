"""Every text in English. The specification's own words, word for word, where it gives them.

`{name}` is a placeholder; `{count:message|messages}` writes the number with the fitting noun.
"""

EN: dict[str, str] = {
    # ---- common
    "wechat": "WeChat",
    "nameless": "WeChat user",
    "validated": "{number} · validated",
    "validated.at": "{number} · validated {at}",
    "validated.only": "Validated {at}",
    "to": "To {contact}",
    "status.left": "{left} of {limit:message|messages} left",
    "status.until": "active until {until}",
    "status.until_first": "Active until {until}",
    "status.inactive": "Inactive",
    "status.over": "You left this conversation",
    "status.queued": "{queued} of {queue_limit} queued",
    "kind.image": "Sent a photo. Photos cannot be shown here.",
    "kind.voice": "Sent a voice message. It cannot be played here.",
    "kind.video": "Sent a video. Videos cannot be shown here.",
    "kind.location": "Sent a location.",
    "kind.link": "Sent a link.",
    "kind.unsupported": "Sent something that WeChat does not pass on. WeChat says:",
    "kind.answer": "Was connected by answering the question for a name or number.",
    "kind.pin": "Confirmed the phone number with a PIN.",
    # ---- buttons
    "do.reply": "Send",
    "do.choose": "Send",
    "do.leave": "Leave Conversation",
    "do.leave_confirmed": "Leave",
    "do.leave_dismissed": "Stay",
    "do.transfer": "Transfer",
    "do.transfer_find": "Find",
    "do.transfer_to": "Choose",
    "do.transfer_other": "Back",
    "do.transfer_confirmed": "Transfer",
    "do.transfer_dismissed": "Stay",
    "do.take_over": "Ask to take over",
    "do.hand_over": "Transfer",
    "do.keep": "Decline",
    "do.queue": "Show queue",
    "do.edit": "Edit",
    "do.save": "Save",
    "do.cancel": "Cancel message",
    "do.cancel_all": "Cancel all",
    "do.discard": "Discard all",
    "do.release": "Send now",
    "do.send_again": "Send again",
    "do.open": "Open",
    "do.help": "Help",
    "do.details": "Contact details",
    "do.open_chat": "Open chat",
    "do.save_as": "Save as contact",
    "do.look": "Details",
    "do.find": "Search",
    "do.invite": "Invite",
    # ---- the contact's message
    "incoming.reply": "Reply to {contact}",
    "incoming.resumed": "The chat is active again.",
    "incoming.earlier": "Written earlier, before you were connected.",
    "incoming.spent": "Queued messages are on the way. The chat stays inactive until {contact} replies again.",
    "incoming.preview": "{contact}: {text}",
    # ---- the user's own message
    "confirmation.sending": "Sending",
    "confirmation.waiting": "Waiting for WeChat. It goes as soon as WeChat answers.",
    "confirmation.sent": "Sent {at}",
    "confirmation.queued": "Queued {position} of {queue_limit}. It goes when {contact} replies.",
    "confirmation.uncertain": "May not have arrived: WeChat did not confirm it. Sending again may deliver it twice.",
    "confirmation.refused": "Not sent. {why}",
    "confirmation.cancelled": "Cancelled. {why}",
    "confirmation.edit": "New text",
    "confirmation.preview": "To {contact}: {state}",
    "why.time": "The reply window has closed.",
    "why.count": "The limit of messages without a reply is reached.",
    "why.blocked": "{contact} does not receive messages from this account.",
    "why.unfollowed": "{contact} no longer follows the account.",
    "why.user": "It was not sent.",
    "why.queue_full": "The queue is full.",
    "why.left": "You left the conversation.",
    "why.transferred": "You transferred the conversation.",
    "why.too_long": "It is too long for WeChat.",
    "why.empty": "It has no text.",
    "why.unknown": "WeChat did not accept it ({code}).",
    "why.none": "WeChat did not accept it.",
    # ---- notices to the Teams user
    "policy": (
        "A WeChat user ({contact}) is contacting you. For chats to remain active:\n\n"
        "- You can send up to {limit:message|messages} before the WeChat user must reply.\n"
        "- WeChat users must reply within {hours:hour|hours}.\n\n"
        "For inactive chats, your messages will be paused until the WeChat user resumes the conversation."
    ),
    "inactive": (
        "This chat is now inactive. You can queue up to {queue_limit:message|messages} to be sent after the "
        "WeChat user responds."
    ),
    "inactive.no_queue": "This chat is now inactive. You can write again after the WeChat user responds.",
    "inactive.limit": "You have sent {limit:message|messages} without a reply from {contact}.",
    "inactive.no_reply": "{contact} has not replied for {hours:hour|hours}.",
    "inactive.refused": "WeChat does not accept messages to {contact} at the moment.",
    "inactive.unfollowed": "{contact} no longer follows the account and cannot be reached until they follow it again.",
    "inactive.over": "This chat was inactive here.",
    "prompt.none": "When you queue a message, {contact} is asked to reply.",
    "prompt.off": "{contact} is not asked to reply. Your messages go when they write.",
    "prompt.sending": "{contact} is being asked to reply.",
    "prompt.asked": "{contact} was asked to reply ({at}).",
    "prompt.failed": "{contact} could not be asked to reply. Your messages go when they write.",
    "prompt.failed_why": "{contact} could not be asked to reply. {why} Your messages go when they write.",
    "warning": "This chat becomes inactive at {until} unless {contact} replies.",
    "warning.over": "This chat was about to become inactive here.",
    "warning.next": "You can still send {left:message|messages} before then.",
    "queue": "Queue for {contact}",
    "queue.entry": "{position} of {queue_limit}",
    "queue.empty": "No messages are queued.",
    "queue.next": "They go in this order when {contact} replies.",
    "queue.next_one": "It goes when {contact} replies.",
    "queue.more": "{more:more message waits|more messages wait} behind these.",
    "queue_full": "Not queued: all {queue_limit} places are taken.",
    "queue_full.none": "Not sent: this chat is inactive and messages cannot be queued.",
    "queue_full.next": "Edit or cancel a queued message, or wait until {contact} replies.",
    "empty": "Not sent: the message has no text.",
    "kept": "Your text, to copy",
    "too_long": "Not sent: {excess:byte|bytes} too long. WeChat takes {max_bytes:byte|bytes}.",
    "too_long.next": (
        "An English letter is 1 byte, a Chinese character 3, an emoji 4 or more. Shorten the text and send it again."
    ),
    "released": "{contact} replied. {sent:queued message is|queued messages are} on the way.",
    "released.none": "{contact} replied.",
    "released.spent": "The limit is used up again: the chat stays inactive until {contact} replies again.",
    "released.waiting": "{waiting:message still waits|messages still wait} for the next reply.",
    "review": "{contact} replied. {queued:queued message waits|queued messages wait} for your decision.",
    "review.next": "Look through them, then send or discard them.",
    "leave_confirm": "Leave the conversation with {contact}?",
    "leave_confirm.queued": "{queued:queued message|queued messages} will be cancelled.",
    "leave_confirm.next": "Colleagues can then message with them. {contact} is told that you left.",
    "stayed": "You stay in the conversation with {contact}.",
    "left": "You left the conversation with {contact}.",
    "left.told": "{contact} is being told.",
    "left.owed": "{contact} cannot be reached now and will be told when they next write.",
    "left.stays": "{contact} goes on with your colleagues.",
    "left.cancelled": "{cancelled:queued message was|queued messages were} cancelled.",
    "transfer": "Transfer the conversation with {contact} to …",
    "transfer.find": "Name or number",
    "transfer.found_nobody": "Nobody was found who can take it over.",
    "transfer.more": "There are more. Search by name or number.",
    "transfer_confirm": "Transfer the conversation with {contact} to {colleague}?",
    "transfer_confirm.gone": "Nothing was changed: this colleague no longer uses this app.",
    "transfer_confirm.next": (
        "{colleague} sees the last messages and answers from then on. {contact} is told who answers. You leave the "
        "conversation."
    ),
    "transferred": "You transferred the conversation with {contact} to {colleague}.",
    "transferred.told": "{contact} is being told who answers now.",
    "received": "{colleague} transferred the conversation with {contact} to you.",
    "joined": "You are in the conversation with {contact} now, together with {colleague}.",
    "joined.next": "{contact} reads your name in front of your messages. All your messages count towards one limit.",
    "colleague_came": "{colleague} is in the conversation with {contact} now, too.",
    "colleague_left": "{colleague} has left the conversation with {contact}. You go on with it.",
    "transferred.by": "{user} transferred the conversation with {contact} to {colleague}.",
    "takeover.colleague": "a colleague",
    "takeover.offered": "{client} scanned your QR code, but is chatting with {colleague} at the moment.",
    "takeover.offered.next": "You can ask for the conversation until {until}.",
    "takeover.asked": "You asked to take over the conversation with {client}.",
    "takeover.asked.next": "You will be told what is decided. The request ends {until}.",
    "takeover.agreed": "The conversation with {client} was transferred to you.",
    "takeover.declined": "Your request to take over the conversation with {client} was declined.",
    "takeover.freed": "{client} is no longer chatting with a colleague.",
    "takeover.freed.next": "WeChat users write first. Invite them with your QR code to reach you.",
    "takeover.moved": "The conversation with {client} went to another colleague.",
    "takeover.seat_freed": "A colleague left the conversation with {client}; others are in it. You can ask again.",
    "takeover.joined": "You joined the conversation with {client}.",
    "takeover.unable": "The conversation with {client} cannot be transferred to you.",
    "takeover.missed": "{client} scanned your QR code while chatting with a colleague.",
    "takeover.expired": "Your request to take over the conversation with {client} was not answered in time.",
    "takeover_over": "Nothing was changed: there is no conversation that you could ask for.",
    "takeover_denied": "Nothing was changed: this conversation cannot be transferred to you.",
    "handover.asked": "{colleague} asks to take over the conversation with {contact}.",
    "handover.next": (
        "If it is transferred, {colleague} sees the last messages and answers from then on; {contact} is told. The "
        "request ends {until}."
    ),
    "handover.agreed": "The conversation with {contact} was transferred to {colleague}.",
    "handover.declined": "The request of {colleague} to take over the conversation with {contact} was declined.",
    "handover.unable": "{colleague} cannot take over the conversation with {contact}.",
    "handover.over": "The request of {colleague} to take over the conversation with {contact} is over.",
    "transfer_off": "Nothing was changed: your company does not let you transfer conversations.",
    "transfer_nobody": "Nothing was changed: this colleague cannot take over the conversation.",
    "transfer_unproved": (
        "Nothing was changed: {contact} has not confirmed their phone number, which is needed to talk to this "
        "colleague."
    ),
    "status": "Conversation with {contact}",
    "which": "Send to …?",
    "which.next": "Nothing is sent until you choose.",
    "which.more": "There are more conversations. Reply on the contact’s message instead.",
    "no_conversation": "There is nobody to send this to.",
    "no_conversation.next": "WeChat users write first. When one contacts you, the message appears here.",
    # ---- contacts
    "contact.no_conversation": "You have no open WeChat conversation with this contact.",
    "contact.held": "This contact is chatting with {colleague} on WeChat.",
    "contact.not_on_wechat": "This contact has not written on WeChat yet.",
    "contact.must_write": (
        "WeChat lets a contact write first. Ask them to message the company’s WeChat account; then you can answer here."
    ),
    "contact.on_wechat": "No open conversation",
    "contact.off_wechat": "Not on WeChat yet",
    "search": "Find a contact",
    "search.box": "Name, company, number or pinyin",
    "search.more": "There are more. Type more of the name or number.",
    "search.nothing": "Nobody in your contacts was found. Search by name, company, number or pinyin.",
    "search.empty": "You have no contacts yet. WeChat users who write to you appear here.",
    "search.gone": "This contact is no longer among yours.",
    "details.preview": "Contact details: {contact}",
    "details.name": "Name",
    "details.company": "Company",
    "details.numbers": "Numbers",
    "details.each": "Numbers, one on each line, with country code",
    "details.notes": "Notes",
    "details.validated": "{number} · validated",
    "details.stranger": "This WeChat user is not in your contacts. Save them, and the name is shown on every card.",
    "details.saved": "Saved in your contacts.",
    "details.elsewhere": "Shown in your own chat with this app.",
    "details.nameless": "Not saved: the contact needs a name.",
    "details.too_long": "Not saved: a name may have 300 characters, and notes 4,000.",
    "details.unread": "Not saved: a number cannot be read. Write each on its own line, as in +86 138 0013 8000.",
    "not_enabled": "WeChat is not enabled for you. Please ask your MultiLine administrator.",
    "welcome": "WeChat in Teams",
    "welcome.text": (
        "WeChat users write to the company account; their messages appear here.\n\n"
        "Reply in the box on a message, or type in this chat.\n\n"
        "Each card shows how many messages you may send and until when.\n\n"
        "Messages to an inactive chat wait and go when the contact replies."
    ),
    "help": "Help",
    "help.text": (
        "- Reply in the box on a contact’s message. It goes to that contact only.\n"
        "- Without a reply, a chat becomes inactive. Then your messages are queued.\n"
        "- Write “messages” to see all your chats and to open one, “settings” to change language and notifications.\n"
        "- Queued messages can be edited or cancelled until they go.\n"
        "- Type “invite” for a QR code that leads one client to you, “business card” for one that lasts.\n"
        "- When you are done, select Leave Conversation in a message’s menu, or Transfer to hand over to a colleague."
    ),
    "invitation": "Your QR code for WeChat",
    "invitation.for": "WeChat QR code for {client}",
    "invitation.until": "For one client, valid until {at}.",
    "invitation.lasting": "For your business card: for everybody, without an end.",
    "invitation.next": "Save the picture and send it together with the text below.",
    "invitation.words": "Text to forward",
    "invitation.forward": "Please scan this QR code with WeChat to chat with me.",
    "invitation_failed": "WeChat did not make a QR code. Please ask your MultiLine administrator.",
    "edited": "You changed the message in Teams only. {contact} keeps it as it was sent.",
    "edited.deleted": "You deleted the message in Teams only. {contact} keeps it.",
    "edited.not_sent": "This message was not sent, and changing it does not send it. Please send it as a new one.",
    "edited.record": "The original stays on record.",
    "attachment": "Not sent: files and pictures cannot be sent to WeChat yet.",
    "attachment.next": "Please send text only.",
    "personal_only": (
        "This works in your personal chat with the app only. To give a client a chat of their own here, write: connect "
        "and the client’s name."
    ),
    "taken": "Click received.",
    "stale": "Nothing was changed: this was already done or is out of date.",
    "left_already": "Nothing was changed: you have already left the conversation with {contact}.",
    "left_already.text": "Not sent: you have left the conversation with {contact}.",
    "forbidden": "Nothing was changed: this conversation belongs to someone else.",
    # ---- many clients in one place
    "current": "Current: {client}",
    "do.messages": "Messages",
    "do.mute": "Mute",
    "do.unmute": "Unmute",
    "do.settle": "Save",
    "do.previous": "Newer",
    "do.next": "Older",
    "which.nothing_current": "Several chats are open and none is current.",
    "which.news": "Somebody else wrote in the meantime.",
    "which.pause": "Some time has passed since your last message.",
    "which.quote": "It is not known which chat the quoted message belongs to.",
    "messages": "Messages",
    "messages.range": "{first}–{last} of {total}",
    "messages.none": "No conversations.",
    "messages.colleague": "A colleague",
    "messages.you": "You: {text}",
    "messages.unread": "{unread} unread",
    "messages.current": "Current",
    "messages.muted": "muted",
    "messages.all": "All",
    "messages.filter_unread": "Unread",
    "messages.filter_active": "Active",
    "messages.filter_inactive": "Inactive",
    "messages.filter_queued": "Queued",
    "opened": "Messages you type now go to {contact}.",
    "opened.doubt": "No chat is current: Open was pressed twice in a row for different chats. Select Open again.",
    "opened.none": "Nothing was written yet.",
    "muted": "{contact} is muted. New messages are added to their last card, without a notification.",
    "unmuted": "{contact} is no longer muted.",
    "settings": "Settings",
    "settled": "Your settings are saved.",
    "settings.language": "Language",
    "settings.timezone": "Time zone",
    "settings.notifications": "Notify me of new messages",
    "settings.automatic": "As in Teams",
    "connected": "This chat is connected to {contact}.",
    "connected.next": (
        "What {user} writes here to the app goes to {contact}, and their messages appear here. Everyone else here "
        "reads along and cannot send. To end it, write: disconnect."
    ),
    "connected_already": "This chat is connected to a client already. To end it, its user writes: disconnect.",
    "connect_none": "No client of yours is called that. Write: connect and the client’s name or number.",
    "connect_which": "That may be several clients. Write: connect and the client’s full name or number.",
    "connect_where": "A client can be connected to a group chat or a channel conversation. Write it there.",
    "not_connected": "Not sent: this chat has no client. To connect one, write: connect and the client’s name.",
    "disconnected": "This chat is no longer connected. What is written here stays here.",
    "disconnected_already": "This chat is not connected to a client.",
    "observer": "Not sent: only the user who connected this chat can write to the client. You are reading along.",
    # ---- texts to the contact, in WeChat: plain text
    "to_contact.from": "{user}: ",
    "to_contact.joined": "You are chatting with {user} now as well. Just write here.",
    "to_contact.who": "You are chatting with {user}.",
    "to_contact.welcome": (
        "Thank you! You can now start chatting.\n\n"
        "This account can only message you while the chat is active. The chat becomes inactive if you do not reply:\n\n"
        "- After receiving {limit:message|messages}\n"
        "- After {hours:hour|hours}\n\n"
        "You can send a message at any time to resume the conversation."
    ),
    "to_contact.prompt": (
        "You have new messages from this sender. Please reply to the chat to resume the conversation and receive the "
        "latest messages."
    ),
    "to_contact.left": "{user} has left this conversation. You can send a message at any time to contact us.",
    "to_contact.transferred": (
        "{user} has transferred this conversation to {colleague}, who will answer you from now on."
    ),
    "to_contact.busy": "We are very busy at the moment. Please send your message again in a few minutes.",
    "to_contact.nobody": "Nobody is available for you right now. Please try again later.",
    "to_contact.not_a_text": "Your message was received, but {user} can only read text. Please send it as text.",
    "to_contact.not_a_text_unconnected": "Only text messages can be read here. Please send text.",
    # ---- getting connected
    "to_contact.followed": "",
    "to_contact.person": (
        "Hello! Whom would you like to reach? Please send the person’s phone number, code or full name. "
        "Send 0 for help."
    ),
    "to_contact.person_again": (
        "We could not connect you with that. Please send the phone number, code or full name of the person you would "
        "like to reach. Send 0 for help."
    ),
    "to_contact.person_help": (
        "Please send the phone number of the person you would like to reach, as on their business card, or the code "
        "or full name they gave you. You can also scan the QR code they sent you. Your messages are kept and delivered "
        "once you are connected."
    ),
    "to_contact.ended": (
        "We could not connect you. Please ask the person you would like to reach for their QR code, or try again in an "
        "hour."
    ),
    "to_contact.ready": "You can now reach {user}. Please send your first message.",
    "to_contact.number": (
        "Before we connect you, please confirm your phone number. Send your mobile number with its country code, such "
        "as +86 138 0013 8000. You will receive a PIN by SMS. Send 0 for help."
    ),
    "to_contact.number_again": (
        "This is not a mobile number that can receive SMS. Please send it with its country code, such as "
        "+86 138 0013 8000. Send 0 for help."
    ),
    "to_contact.number_help": (
        "We need to know who we are talking to. Send your mobile number with its country code. We send a PIN by SMS; "
        "send it back here and you are connected. Your messages are kept and delivered then."
    ),
    "to_contact.pin": (
        "We have sent a PIN of 6 digits by SMS. Please send it here within 5 minutes.\n\n"
        "1: send another PIN\n2: change the number\n0: help"
    ),
    "to_contact.pin_again": (
        "Your message is kept. To be connected, please send the 6 digits from the SMS.\n\n"
        "1: send another PIN\n2: change the number\n0: help"
    ),
    "to_contact.pin_help": (
        "The PIN is in the SMS that we sent to your phone. It is valid for 5 minutes and can be used once. Never give "
        "it to anybody else.\n\n1: send another PIN\n2: change the number"
    ),
    "to_contact.pin_wrong": "This is not the PIN we sent. Please check it and send it again, or send 1 for another.",
    "to_contact.pin_expired": "This PIN is no longer valid. Send 1 for another.",
    "to_contact.pin_wait": "Too many wrong PINs. Please try again in {minutes:minute|minutes}.",
    "to_contact.pin_barred": "Too many wrong PINs. Please call the person you would like to reach; they can help you.",
    "to_contact.pin_limit": "We cannot send another PIN yet. Please try again in {minutes:minute|minutes}.",
    "to_contact.pin_failed": (
        "We could not send the SMS. Your messages are kept. Please send 1 in a few minutes to try again, or 2 to use "
        "another number."
    ),
    "to_contact.pin_unreachable": "This number does not receive SMS. Send 2 to use another number.",
    "to_contact.pin_sms": "{pin} is your PIN for chatting on WeChat, valid for 5 minutes. Do not share it.",
    "to_contact.invitation_over": "This QR code is no longer valid. Please ask for a new one.",
    "to_contact.invitation_here": "You are already chatting with {user}. Just send a message.",
    "to_contact.held": (
        "You are chatting with {user} at the moment. Once that conversation has ended, scan this QR code again."
    ),
}
