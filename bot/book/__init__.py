"""The contact book as text: what an entry is found by, how numbers are read, what CSV and vCard files hold. Pure.

May import `bot.ports`, phonenumbers and pypinyin; the book itself is kept in `bot/store/book.py`.
"""
