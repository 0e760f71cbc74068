"""What a person can do in Teams with the bot: install, write, change, click, search. Each is delivered to the bot.

An outcome is JSON: `status`, `body`, `deliveries` of the bot's answer, and what the person then sees: `card`,
`message`, `error`, `dialog`, `results`.
"""

from typing import Any

from bot.sim.connector import activities, cards
from bot.sim.connector.activities import Scene
from bot.sim.connector.cards import NotPossible
from bot.sim.connector.delivery import Answer, Delivery
from bot.sim.connector.people import CARD, Conversation, Json, Message, User
from bot.sim.connector.tenant import Tenant

UNREACHABLE = "Unable to reach app. Please try again."
_CONTEXT = {"theme": "default"}


class Doings:
    """The hands of every person of the tenant; `dialogs` and `results` are what they have open, by aadObjectId."""

    def __init__(self, tenant: Tenant, delivery: Delivery) -> None:
        self._tenant, self._delivery = tenant, delivery
        self.service_url = ""
        self.dialogs: dict[str, Json] = {}
        self.results: dict[str, list[Json]] = {}

    def _scene(self, user: User, conversation: str | None = None) -> Scene:
        place = self._tenant.conversations[conversation] if conversation else self._tenant.chat(user)
        return Scene(user, self._tenant.bot, place, self._tenant.now(), self.service_url)

    async def _deliver(self, activity: Json) -> Json:
        answer = await self._delivery.carry(activity)
        return answer.shown() | {"activity": activity} | _seen(answer)

    # The app

    async def install(self, user: User, action: str = "add", conversation: str | None = None) -> Json:
        """Installs (or with `add-upgrade` upgrades) the app in the personal chat, or in a group or channel."""
        scene = self._scene(user, conversation)
        first = not scene.conversation.bot_present
        self._set_present(scene, present=True)
        outcome = await self._deliver(activities.installation(scene, action))
        if first:
            await self._deliver(activities.members_added(scene))
        return outcome

    async def uninstall(self, user: User, action: str = "remove", conversation: str | None = None) -> Json:
        scene = self._scene(user, conversation)
        self._set_present(scene, present=False)
        return await self._deliver(activities.installation(scene, action))

    def _set_present(self, scene: Scene, *, present: bool) -> None:
        scene.conversation.bot_present = present
        if scene.conversation.kind == "personal":
            scene.user.installed = present

    async def block(self, user: User, blocked: bool = True) -> Json:
        """Blocks the bot in the personal chat: its posts are refused, and it is told nothing."""
        user.blocked = blocked
        return {"blocked": blocked}

    # Messages

    async def say(
        self,
        user: User,
        text: str,
        conversation: str | None = None,
        quote: str | None = None,
        html: str | None = None,
        attachments: list[Json] | None = None,
        mention: bool | None = None,
    ) -> Json:
        """Writes a message; `quote` is the id of a message replied to.

        Outside a personal chat the bot gets it only when mentioned (the default).
        """
        scene = self._scene(user, conversation)
        if not scene.conversation.bot_present:
            raise NotPossible(f"the app is not installed for {user.name}")
        personal = scene.conversation.kind == "personal"
        mention = not personal if mention is None else mention
        markup = activities.as_html(text) if html is None else html
        if quote is not None:
            quoted = self._tenant.message(scene.conversation, quote)
            markup = activities.quotation(quoted, self.preview(quoted)) + markup
        activity = activities.message(scene, self._tenant.next_id(), text, markup, mention=mention)
        activity["attachments"] += attachments or []
        message = self._tenant.post(scene.conversation, activity, user.mri, activity["id"])
        outcome = await self._deliver(activity) if personal or mention else {"activity": activity}
        return outcome | {"id": message.id}

    def preview(self, message: Message) -> str:
        """The first words of a message, as a quotation shows them."""
        text = message.activity.get("text") or " ".join(cards.readable(message.card or {}))
        return str(text)[:120]

    async def edit(self, user: User, message: str, text: str) -> Json:
        scene, mine = self._mine(user, message)
        fresh = mine.activity | {"text": text, "attachments": _html(text)}
        with self._tenant.changing(mine):
            mine.versions.append(fresh)
        return await self._deliver(activities.changed(scene, fresh, "editMessage"))

    async def delete(self, user: User, message: str) -> Json:
        scene, mine = self._mine(user, message)
        with self._tenant.changing(mine):
            mine.deleted = True
        return await self._deliver(activities.changed(scene, mine.activity, "softDeleteMessage"))

    async def undelete(self, user: User, message: str) -> Json:
        scene, mine = self._mine(user, message)
        with self._tenant.changing(mine):
            mine.deleted = False
        return await self._deliver(activities.changed(scene, mine.activity, "undeleteMessage"))

    def _mine(self, user: User, message_id: str) -> tuple[Scene, Message]:
        conversation, message = self._tenant.anywhere(message_id)
        if message.author != user.mri:
            raise NotPossible("people can change only what they wrote themselves")
        return self._scene(user, conversation.id), message

    async def react(self, user: User, message: str, reaction: str = "like", removed: bool = False) -> Json:
        conversation, target = self._tenant.anywhere(message)
        with self._tenant.changing(target):
            target.reactions = [r for r in target.reactions if r != reaction] + ([] if removed else [reaction])
        scene = self._scene(user, conversation.id)
        return await self._deliver(activities.reaction(scene, target, reaction, removed=removed))

    # Cards

    async def click(
        self,
        user: User,
        action: str | int,
        inputs: Json | None = None,
        message: str | None = None,
        conversation: str | None = None,
    ) -> Json:
        """Clicks an action by title, verb, id or number: in the open dialog, on that message, or on the newest card."""
        dialog = self.dialogs.get(user.aad)
        if dialog is not None and message is None:
            clickable = cards.find(dialog["card"], action)
            return await self.submit_dialog(user, cards.filled(clickable, inputs or {}))
        card = self._card(self._scene(user, conversation).conversation, action, message)
        clickable = cards.find(card.card or {}, action)
        if clickable.action["type"] in {"Action.OpenUrl", "Action.ShowCard", "Action.ToggleVisibility"}:
            return {"client": clickable.action["type"], "url": clickable.action.get("url")}
        return await self.perform(user, card.id, clickable.action, cards.filled(clickable, inputs or {}))

    def _card(self, conversation: Conversation, action: str | int, message_id: str | None) -> Message:
        if message_id is not None:
            return self._tenant.anywhere(message_id)[1]
        standing = [m for m in reversed(conversation.messages.values()) if m.card and not m.deleted]
        if isinstance(action, str):
            standing = [m for m in standing if any(c.answers_to(action) for c in cards.clickables(m.card or {}))]
        if not standing:
            raise NotPossible(f"no card in the chat with {conversation.name} offers {action!r}")
        return standing[0]

    async def perform(self, user: User, message: str, action: Json, data: Any) -> Json:
        """An action whose inputs are already merged into `data`, as the page's renderer hands it over."""
        conversation, card = self._tenant.anywhere(message)
        scene = self._scene(user, conversation.id)
        if action["type"] == "Action.Execute":
            return await self._execute(scene, card, action, data)
        wish = (data.get("msteams") or {}) if isinstance(data, dict) else {}
        kind = wish.get("type")
        if kind == "task/fetch":
            task = {"data": data, "context": _CONTEXT}
            return self._opened(
                user, await self._deliver(activities.invoke(scene, "task/fetch", task)), {"submit": "task/submit"}
            )
        if kind == "imBack":
            return await self.say(user, wish["value"], conversation.id)
        if kind == "messageBack":
            return await self._deliver(activities.submit(scene, card, wish.get("value", data), wish.get("text")))
        return await self._deliver(activities.submit(scene, card, data))

    async def _execute(self, scene: Scene, card: Message, action: Json, data: Any, trigger: str = "manual") -> Json:
        outcome = await self._deliver(activities.execute(scene, card, action, data, trigger))
        if "card" in outcome:
            with self._tenant.changing(card):
                card.view = outcome["card"]
        return outcome

    async def refresh(self, user: User, message: str, trigger: str = "automatic") -> Json:
        """The card's own refresh action, which Teams triggers when the card comes into sight or the person asks."""
        conversation, card = self._tenant.anywhere(message)
        action = ((card.card or {}).get("refresh") or {}).get("action")
        if action is None:
            raise NotPossible("the card has no refresh action")
        return await self._execute(self._scene(user, conversation.id), card, action, action.get("data") or {}, trigger)

    # Dialogs and message extensions

    async def submit_dialog(self, user: User, data: Any) -> Json:
        """Sends what was filled in; the answer closes the dialog, replaces it or shows a message."""
        dialog = self.dialogs.pop(user.aad)
        value = {**dialog["value"], "data": data, "context": _CONTEXT}
        scene = self._scene(user, dialog["over"])
        outcome = await self._deliver(activities.invoke(scene, dialog["submit"], value))
        return self._opened(user, outcome, {name: dialog[name] for name in ("submit", "value", "over")})

    async def close_dialog(self, user: User) -> Json:
        self.dialogs.pop(user.aad, None)
        return {}

    def _opened(self, user: User, outcome: Json, dialog: Json) -> Json:
        if "dialog" in outcome:
            self.dialogs[user.aad] = {"value": {}, "over": None} | dialog | outcome["dialog"]
        return outcome

    async def search(
        self, user: User, command: str, text: str = "", parameter: str = "query", skip: int = 0, count: int = 25
    ) -> Json:
        """Types into a search command of the message extension; without text, what it shows when it opens."""
        asked = {"name": parameter, "value": text} if text else {"name": "initialRun", "value": "true"}
        value = {"commandId": command, "parameters": [asked], "queryOptions": {"skip": skip, "count": count}}
        outcome = await self._deliver(activities.invoke(self._scene(user), "composeExtension/query", value))
        self.results[user.aad] = outcome.get("results", [])
        return outcome

    async def pick(self, user: User, index: int = 0) -> Json:
        """Chooses one of the search's results; a result without a tap of its own is returned as it is."""
        found = self.results.get(user.aad, [])
        if index >= len(found):
            raise NotPossible(f"there are {len(found)} results")
        preview = (found[index].get("preview") or {}).get("content") or {}
        tap = preview.get("tap") or {}
        if tap.get("type") != "invoke":
            return {"results": [found[index]]}
        return await self._deliver(
            activities.invoke(self._scene(user), "composeExtension/selectItem", tap.get("value"))
        )

    async def open(self, user: User, command: str, context: str = "compose", message: str | None = None) -> Json:
        """Opens an action command of the message extension; `message` is the one in whose menu it was chosen."""
        value: Json = {"commandId": command, "commandContext": context}
        over = None
        if message is not None:
            conversation, about = self._tenant.anywhere(message)
            over = conversation.id
            value |= {"commandContext": "message", "messagePayload": activities.payload(about)}
        scene = self._scene(user, over)
        invoke = activities.invoke(scene, "composeExtension/fetchTask", value | {"context": _CONTEXT})
        dialog = {"submit": "composeExtension/submitAction", "value": value, "over": over}
        return self._opened(user, await self._deliver(invoke), dialog)

    async def typeahead(self, user: User, message: str, dataset: str, text: str) -> Json:
        """Types into a card's box whose choices the bot is asked for (`choices.data`)."""
        conversation, _ = self._tenant.anywhere(message)
        value = {"queryText": text, "queryOptions": {"skip": 0, "top": 15}, "dataset": dataset}
        return await self._deliver(activities.invoke(self._scene(user, conversation.id), "application/search", value))

    async def invoke(self, user: User, name: str, value: Any, conversation: str | None = None) -> Json:
        """Any other invoke."""
        return await self._deliver(activities.invoke(self._scene(user, conversation), name, value))


def _html(text: str) -> list[Json]:
    return [{"contentType": "text/html", "content": activities.as_html(text)}]


def _seen(answer: Answer) -> Json:
    """What the answer to an invoke puts before the person."""
    if answer.status is None or answer.status >= 400:
        return {"error": UNREACHABLE}
    body = answer.body if isinstance(answer.body, dict) else {}
    if "statusCode" in body:
        return _universal(body)
    if isinstance(body.get("task"), dict):
        return _task(body["task"])
    extension = body.get("composeExtension")
    if isinstance(extension, dict):
        said = {"message": extension["text"]} if extension.get("text") else {}
        return said | {"results": extension.get("attachments") or []}
    return {}


def _universal(body: Json) -> Json:
    value = body.get("value")
    if body.get("type") == CARD:
        return {"card": value}
    if body.get("type") == "application/vnd.microsoft.search.searchResponse":
        return {"choices": (value or {}).get("results") or []}
    if body.get("type") == "application/vnd.microsoft.activity.message" and body["statusCode"] == 200:
        return {"message": value} if value else {"error": UNREACHABLE}
    said = value.get("message") if isinstance(value, dict) else None
    return {"error": said or "Something went wrong. Please try again."}


def _task(task: Json) -> Json:
    if task.get("type") == "message":
        return {"message": task.get("value")}
    value = task["value"]
    return {"dialog": {"title": value.get("title", ""), "card": (value.get("card") or {}).get("content")}}
