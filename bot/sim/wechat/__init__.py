"""A WeChat that behaves like the real one, on real HTTP, for tests and the demo; section numbers are of wechat.md.

May import the standard library, aiohttp, cryptography, defusedxml, orjson and `bot.sim.{clock,faults}`; nothing of the
bot's inside, above all not its crypto: the two sides prove each other.

    async with WeChat(callback="http://127.0.0.1:3978/wechat/default") as wechat:
        li_wei = await wechat.phone.contact("Li Wei")
        await li_wei.says("你好")
"""

from bot.sim.wechat.client import Contact, ControlError, PhoneClient
from bot.sim.wechat.server import WeChat, build

__all__ = ["Contact", "ControlError", "PhoneClient", "WeChat", "build"]
