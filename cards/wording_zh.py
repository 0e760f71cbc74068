"""Every text in Simplified Chinese; the same keys and placeholders as in English."""

ZH: dict[str, str] = {
    # ---- 通用
    "wechat": "微信",
    "nameless": "微信用户",
    "validated": "{number} · 已验证",
    "validated.at": "{number} · 已于{at}验证",
    "validated.only": "已于{at}验证",
    "to": "发给{contact}",
    "status.left": "还可发送 {left}/{limit} 条",
    "status.until": "有效期至{until}",
    "status.until_first": "有效期至{until}",
    "status.inactive": "会话已暂停",
    "status.over": "您已退出此会话",
    "status.queued": "待发 {queued}/{queue_limit} 条",
    "kind.image": "对方发来一张图片，此处无法显示。",
    "kind.voice": "对方发来一段语音，此处无法播放。",
    "kind.video": "对方发来一段视频，此处无法显示。",
    "kind.location": "对方发来一个位置。",
    "kind.link": "对方发来一个链接。",
    "kind.unsupported": "对方发来的内容微信未予转发。微信提示：",
    "kind.answer": "对方已按提示输入联系人或号码，现已接通。",
    "kind.pin": "对方已通过验证码确认手机号码。",
    # ---- 按钮
    "do.reply": "发送",
    "do.choose": "发送",
    "do.leave": "退出会话",
    "do.leave_confirmed": "退出",
    "do.leave_dismissed": "留下",
    "do.queue": "查看待发消息",
    "do.edit": "编辑",
    "do.save": "保存",
    "do.cancel": "取消发送",
    "do.cancel_all": "全部取消",
    "do.discard": "全部放弃",
    "do.release": "立即发送",
    "do.send_again": "重新发送",
    "do.open": "打开",
    "do.help": "帮助",
    # ---- 客户发来的消息
    "incoming.reply": "回复{contact}",
    "incoming.resumed": "会话已恢复。",
    "incoming.earlier": "这是接通之前发来的消息。",
    "incoming.spent": "正在发送待发消息。{contact}再次回复之前，会话仍为暂停状态。",
    "incoming.preview": "{contact}：{text}",
    # ---- 用户自己的消息
    "confirmation.sending": "正在发送",
    "confirmation.waiting": "正在等待微信响应，恢复后将自动发送。",
    "confirmation.sent": "已发送（{at}）",
    "confirmation.queued": "待发 {position}/{queue_limit}，{contact}回复后发送。",
    "confirmation.uncertain": "可能未送达：微信未确认。重新发送可能导致对方重复收到。",
    "confirmation.refused": "未发送。{why}",
    "confirmation.cancelled": "已取消。{why}",
    "confirmation.edit": "修改内容",
    "confirmation.preview": "发给{contact}：{state}",
    "why.time": "已超过可回复的时限。",
    "why.count": "对方未回复期间可发送的条数已用完。",
    "why.blocked": "{contact}不接收此公众号的消息。",
    "why.unfollowed": "{contact}已取消关注公众号。",
    "why.user": "消息未发送。",
    "why.queue_full": "待发位置已满。",
    "why.left": "您已退出会话。",
    "why.too_long": "内容超出微信的长度限制。",
    "why.empty": "消息没有文字内容。",
    "why.unknown": "微信未接受此消息（{code}）。",
    "why.none": "微信未接受此消息。",
    # ---- 给 Teams 用户的通知
    "policy": (
        "一位微信用户（{contact}）正在联系您。为保持会话有效：\n\n"
        "- 在微信用户回复之前，您最多可发送 {limit} 条消息。\n"
        "- 微信用户须在 {hours} 小时内回复。\n\n"
        "会话暂停后，您的消息将暂缓发送，直至微信用户恢复会话。"
    ),
    "inactive": "会话现已暂停。您最多可将 {queue_limit} 条消息加入待发，微信用户回复后将为您发送。",
    "inactive.no_queue": "会话现已暂停。微信用户回复后，您可继续发送消息。",
    "inactive.limit": "您已连续发送 {limit} 条消息，{contact}尚未回复。",
    "inactive.no_reply": "{contact}已有 {hours} 小时未回复。",
    "inactive.refused": "微信目前不接受发给{contact}的消息。",
    "inactive.unfollowed": "{contact}已取消关注公众号，重新关注之前无法联系。",
    "prompt.none": "您加入待发消息后，系统会提醒{contact}回复。",
    "prompt.off": "系统不会提醒{contact}回复，对方来消息后将发送您的消息。",
    "prompt.sending": "正在提醒{contact}回复。",
    "prompt.asked": "已提醒{contact}回复（{at}）。",
    "prompt.failed": "未能提醒{contact}回复，对方来消息后将发送您的消息。",
    "prompt.failed_why": "未能提醒{contact}回复。{why}对方来消息后将发送您的消息。",
    "warning": "若{contact}不回复，会话将于{until}暂停。",
    "warning.next": "在此之前，您还可发送 {left} 条消息。",
    "queue": "发给{contact}的待发消息",
    "queue.entry": "{position}/{queue_limit}",
    "queue.empty": "没有待发消息。",
    "queue.next": "{contact}回复后，将按此顺序发送。",
    "queue_full": "未加入待发：{queue_limit} 个位置已满。",
    "queue_full.none": "未发送：会话已暂停，且不能加入待发。",
    "queue_full.next": "请编辑或取消一条待发消息，或等待{contact}回复。",
    "empty": "未发送：消息没有文字内容。",
    "kept": "您的原文，可复制",
    "too_long": "未发送：超出 {excess} 字节。微信最多接受 {max_bytes} 字节。",
    "too_long.next": "一个英文字母占 1 字节，一个汉字占 3 字节，一个表情占 4 字节或更多。请缩短后重新发送。",
    "released": "{contact}已回复，正在发送 {sent} 条待发消息。",
    "released.none": "{contact}已回复。",
    "released.spent": "可发送的条数已再次用完，{contact}再次回复之前，会话仍为暂停状态。",
    "released.waiting": "还有 {waiting} 条消息等待对方下次回复后发送。",
    "review": "{contact}已回复，有 {queued} 条待发消息等您决定。",
    "review.next": "请查看后选择发送或放弃。",
    "leave_confirm": "要退出与{contact}的会话吗？",
    "leave_confirm.queued": "{queued} 条待发消息将被取消。",
    "leave_confirm.next": "退出后，同事可与对方联系。{contact}会收到您已退出的通知。",
    "left": "您已退出与{contact}的会话。",
    "left.told": "正在通知{contact}。",
    "left.owed": "目前无法联系{contact}，对方下次来消息时将予以通知。",
    "left.cancelled": "{cancelled} 条待发消息已取消。",
    "status": "与{contact}的会话",
    "status.other": "您直接输入的消息会发到另一个会话。",
    "which": "要发给谁？",
    "which.next": "在您选择之前，消息不会发送。",
    "which.more": "还有其他会话。请改在客户的消息上直接回复。",
    "no_conversation": "这条消息没有可发送的对象。",
    "no_conversation.next": "须由微信用户先来消息。有人联系您时，消息会显示在这里。",
    "not_enabled": "您尚未开通微信功能，请联系您的 MultiLine 管理员。",
    "welcome": "在 Teams 中使用微信",
    "welcome.text": (
        "微信用户发给公司公众号的消息会显示在这里。\n\n"
        "您可在消息的输入框中回复，或在此聊天中直接输入。\n\n"
        "每张卡片都会显示还可发送几条、有效期至何时。\n\n"
        "会话暂停后，消息会暂存待发，对方回复后自动发送。"
    ),
    "help": "帮助",
    "help.text": (
        "- 在客户消息的输入框中回复，只会发给该客户。\n"
        "- 对方长时间不回复，会话会暂停，您的消息将转为待发。\n"
        "- 待发消息在发出前可以编辑或取消。\n"
        "- 输入“邀请”可获取供一位客户使用的二维码，输入“名片”可获取长期有效的二维码。\n"
        "- 沟通结束后，请在消息菜单中选择“退出会话”。"
    ),
    "invitation": "您的微信二维码",
    "invitation.until": "仅供一位客户使用，有效期至{at}。",
    "invitation.lasting": "适用于名片：任何人均可使用，长期有效。",
    "invitation.next": "请保存图片，连同下面的文字一起发送。",
    "invitation.words": "可转发的文字",
    "invitation.forward": "请用微信扫描此二维码与我沟通，您的第一条消息会直接发给我。",
    "invitation_failed": "微信未能生成二维码，请联系您的 MultiLine 管理员。",
    "edited": "修改仅在 Teams 中有效，{contact}收到的仍是原来的消息。",
    "edited.deleted": "消息仅从 Teams 中删除，{contact}仍可看到。",
    "edited.record": "原消息已留存记录。",
    "attachment": "未发送：暂不支持向微信发送文件和图片。",
    "attachment.next": "请只发送文字。",
    "personal_only": "微信消息仅可在与本应用的个人聊天中使用。",
    "stale": "未作任何更改：此操作已完成或已失效。",
    "left_already": "未作任何更改：您已退出与{contact}的会话。",
    "left_already.text": "未发送：您已退出与{contact}的会话。",
    "forbidden": "未作任何更改：此会话属于其他人。",
    # ---- 发给微信用户的文字
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
