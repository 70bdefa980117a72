"""The tables as SQLAlchemy sees them; the migrations make them and hold their rules.

One `metadata` for the whole product; each module here names the tables of one subject.
"""

from sqlalchemy import MetaData

metadata = MetaData()
