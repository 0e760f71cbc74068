"""Every text that the contact reads in WeChat, in both languages: plain text, the specification's words in English."""

EN: dict[str, str] = {
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

ZH: dict[str, str] = {
    "to_contact.from": "{user}：",
    "to_contact.joined": "{user}现已加入本次沟通，您直接在此发送消息即可。",
    "to_contact.who": "正在与您沟通的是{user}。",
    "to_contact.welcome": (
        "感谢您的联系！现在可以开始沟通了。\n\n"
        "本账号仅可在会话有效期间向您发送消息。如您未回复，出现以下情况时会话将暂停：\n\n"
        "- 您已收到 {limit} 条消息\n"
        "- 已超过 {hours} 小时\n\n"
        "您可随时发送消息以恢复会话。"
    ),
    "to_contact.prompt": "您有来自此联系人的新消息。请回复以恢复会话并接收最新消息。",
    "to_contact.left": "{user}已退出此会话。如需联系我们，您可随时发送消息。",
    "to_contact.transferred": "{user}已将此会话转交给{colleague}，之后由{colleague}为您服务。",
    "to_contact.busy": "目前消息较多，请您过几分钟再发送一次。",
    "to_contact.nobody": "目前暂时无人接待，请您稍后再试。",
    "to_contact.not_a_text": "您的消息已收到，但{user}目前只能查看文字。请您以文字发送。",
    "to_contact.not_a_text_unconnected": "此处仅支持文字消息，请您发送文字。",
    # ---- 接通
    "to_contact.followed": "",
    "to_contact.person": "您好！请问您想联系哪位？请发送对方的电话号码、代码或全名。回复 0 获取帮助。",
    "to_contact.person_again": "暂时无法为您接通。请发送您想联系的人的电话号码、代码或全名。回复 0 获取帮助。",
    "to_contact.person_help": (
        "请发送您想联系的人的电话号码（见名片），或对方告诉您的代码、全名。您也可以扫描对方发给您的二维码。"
        "您发送的消息会为您保留，接通后转交对方。"
    ),
    "to_contact.ended": "暂时无法为您接通。请向您想联系的人索取二维码，或一小时后再试。",
    "to_contact.ready": "现在可以联系{user}了，请发送您的第一条消息。",
    "to_contact.number": (
        "接通之前，请先验证您的手机号码。请发送您的手机号码（含国家或地区代码），例如 +86 138 0013 8000，"
        "您将收到短信验证码。回复 0 获取帮助。"
    ),
    "to_contact.number_again": (
        "这不是可以接收短信的手机号码。请连同国家或地区代码一起发送，例如 +86 138 0013 8000。回复 0 获取帮助。"
    ),
    "to_contact.number_help": (
        "我们需要确认您的身份。请发送您的手机号码（含国家或地区代码），收到短信验证码后在此回复即可接通。"
        "您发送的消息会为您保留，届时转交对方。"
    ),
    "to_contact.pin": ("6 位验证码已通过短信发出，请在 5 分钟内在此回复。\n\n1：重新发送验证码\n2：更换号码\n0：帮助"),
    "to_contact.pin_again": (
        "您的消息已保留。如需接通，请回复短信中的 6 位验证码。\n\n1：重新发送验证码\n2：更换号码\n0：帮助"
    ),
    "to_contact.pin_help": (
        "验证码在我们发到您手机的短信中，5 分钟内有效，仅可使用一次，请勿告诉他人。\n\n1：重新发送验证码\n2：更换号码"
    ),
    "to_contact.pin_wrong": "验证码不正确，请核对后重新发送，或回复 1 获取新的验证码。",
    "to_contact.pin_expired": "此验证码已失效，请回复 1 获取新的验证码。",
    "to_contact.pin_wait": "验证码错误次数过多，请 {minutes} 分钟后再试。",
    "to_contact.pin_barred": "验证码错误次数过多。请致电您想联系的人，由对方为您处理。",
    "to_contact.pin_limit": "暂时无法再次发送验证码，请 {minutes} 分钟后再试。",
    "to_contact.pin_failed": "短信发送失败，您的消息已保留。请几分钟后回复 1 重试，或回复 2 更换号码。",
    "to_contact.pin_unreachable": "此号码无法接收短信，请回复 2 更换号码。",
    "to_contact.pin_sms": "您的微信沟通验证码为 {pin}，5 分钟内有效，请勿告诉他人。",
    "to_contact.invitation_over": "此二维码已失效，请向对方索取新的二维码。",
    "to_contact.invitation_here": "您正在与{user}沟通，直接发送消息即可。",
    "to_contact.held": "您目前正在与{user}沟通。该会话结束后，请再次扫描此二维码。",
}
