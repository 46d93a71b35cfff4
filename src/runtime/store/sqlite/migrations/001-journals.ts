/** Version 1: journals, what they owe and keep, and the inbox. */

export const journals = `
create table meta (
  one integer primary key check (one = 1),
  epoch integer not null,
  cursor integer not null
) strict;
insert into meta values (1, 0, 0);

create table journal (
  number integer primary key autoincrement,
  id text not null unique,
  kind text not null,
  lifecycle text not null,
  version integer not null,
  state text not null,
  ended integer not null,
  seq integer not null,
  hash text not null,
  stateHash text not null,
  createdAt real not null,
  updatedAt real not null,
  salt text
) strict;

create table chart (
  journal integer primary key references journal on delete cascade,
  charts text not null
) strict;

create table tombstone (id text primary key) strict, without rowid;

create table entry (
  cursor integer primary key,
  journal integer not null references journal on delete cascade,
  seq integer not null,
  type text not null,
  at real not null,
  payload text not null,
  cause text,
  stateHash text,
  previousHash text not null,
  hash text not null
) strict;
create index entryOfJournal on entry (journal);

create table content (
  journal integer not null references journal on delete cascade,
  ref text not null,
  value text not null,
  primary key (journal, ref)
) strict;

create table command (
  key text primary key,
  journal integer not null references journal on delete cascade,
  opened integer not null,
  place integer not null,
  address text not null,
  id text not null,
  source text,
  dueAt real,
  body text not null
) strict, without rowid;
create index commandOfJournal on command (journal);
create index timer on command (dueAt) where dueAt is not null;

create table checkpoint (
  journal integer not null references journal on delete cascade,
  id text not null,
  seq integer not null,
  at real not null,
  phase text not null,
  stateHash text not null,
  saved any not null,
  primary key (journal, id)
) strict;

create table inbox (
  number integer primary key,
  id text not null unique,
  journal text not null,
  at real not null,
  body text,
  answeredAt real,
  answer text
) strict;
create index waiting on inbox (number) where answeredAt is null;
`
