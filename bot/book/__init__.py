"""The contact book as text: what an entry is found by, what CSV and vCard files hold. Pure.

May import `bot.ports`, `bot.numbers` and pypinyin; the book itself is kept in `bot/store/book.py`.
"""
