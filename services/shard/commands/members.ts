import { boxd } from '../../letterboxd/log-entry';
import type { ApiLogEntry, Member } from '../../letterboxd/schemas';
import { paged } from '../text/embed';
import { marks } from '../text/emoji';
import { count, day, filmName } from '../text/format';
import { escaped, link, markdown } from '../text/markdown';
import { type Command, type CommandMeans, textOption } from './command';
import { chosenFilm } from './films';
import { nameOf, thumbnail } from './parts';
import { Refusal } from './refusal';

const LONGEST_BIO = 1000;
const LONGEST_REVIEW = 200;
const ENTRIES = 5;
const RULE = '┈'.repeat(12);

export const user: Command = async (call, { accounts, letterboxd }) => {
  const member = await accounts.find(textOption(call, 'account'));
  const counts = (await letterboxd.memberStatistics(member.id))?.counts;
  const bio = markdown(member.bio ?? '', { cut: LONGEST_BIO });
  const blocks = [
    member.location?.trim() && `***${escaped(member.location.trim())}***`,
    bio && `${bio}\n${RULE}`,
    ...member.favoriteFilms.map(({ id, name, releaseYear }) => `- ${link(filmName(name, releaseYear), boxd(id))}`),
    `Films: **${count(counts?.watches ?? 0)}**, in this year's diary: **${count(counts?.filmsInDiaryThisYear ?? 0)}**`,
  ];
  return { embeds: paged({ title: escaped(titleOf(member)), url: boxd(member.id), ...thumbnail(member.avatar) }, blocks.filter(isText)) };
};

function titleOf(member: Member): string {
  const { subjectPronoun, objectPronoun, possessivePronoun } = member.pronoun ?? {};
  const pronouns = [subjectPronoun, objectPronoun, possessivePronoun].filter(isText).join('/');
  return pronouns ? `${nameOf(member)} (${pronouns})` : nameOf(member);
}

export const diary: Command = async (call, { accounts, letterboxd, emoji }) => {
  const member = await accounts.find(textOption(call, 'account'));
  const { items } = await letterboxd.logEntries({ member: member.id, perPage: ENTRIES });
  if (items.length === 0) throw new Refusal(`${escaped(nameOf(member))} has no entries yet.`);
  const blocks = items.map((entry) => {
    const { film, diaryDetails, review } = entry;
    const line = [diaryDetails?.diaryDate, marks(markedOf(entry), emoji), review?.text?.trim() && emoji.review].filter(isText).join(' ');
    return [`**${link(filmName(film.name, film.releaseYear), boxd(entry.id))}**`, line].filter(isText).join('\n');
  });
  return { embeds: paged({ title: `The last entries of ${escaped(nameOf(member))}`, url: boxd(member.id), ...thumbnail(member.avatar) }, blocks) };
};

export const logged: Command = async (call, means) => {
  const { accounts, letterboxd } = means;
  const member = await accounts.find(textOption(call, 'account'));
  const film = await chosenFilm(textOption(call, 'film-name'), letterboxd);
  const { items } = await letterboxd.logEntries({ member: member.id, film: film.id, perPage: ENTRIES });
  const name = filmName(film.name, film.releaseYear);
  if (items.length === 0) throw new Refusal(`${escaped(nameOf(member))} has not logged ${escaped(name)}.`);
  const blocks = items.map((entry) => loggedBlock(entry, means));
  return { embeds: paged({ title: escaped(`${nameOf(member)}: ${name}`), ...thumbnail(film.poster) }, blocks) };
};

function loggedBlock(entry: ApiLogEntry, { emoji, clock }: CommandMeans): string {
  const { review, diaryDetails, whenCreated } = entry;
  const text = markdown(review?.text ?? '', { cut: LONGEST_REVIEW, spoiler: review?.containsSpoilers ?? false });
  const date = Date.parse(diaryDetails?.diaryDate ?? whenCreated ?? '');
  const action = text ? 'Reviewed' : diaryDetails?.diaryDate ? 'Watched' : 'Logged';
  const head = Number.isNaN(date) ? action : `${action} on ${day(date, clock.now())}`;
  return [`**${link(head, boxd(entry.id))}**`, marks(markedOf(entry), emoji), text].filter(isText).join('\n');
}

function markedOf({ rating, diaryDetails, like }: ApiLogEntry) {
  return { rating: rating ?? 0, rewatch: diaryDetails?.rewatch ?? false, liked: like ?? false };
}

export const list: Command = async (call, { accounts, letterboxd }) => {
  const member = await accounts.find(textOption(call, 'account'));
  const wanted = textOption(call, 'list-name');
  const found = (await letterboxd.listsOf(member.id)).findLast(({ name }) => isSameName(name, wanted));
  if (!found) throw new Refusal(`${escaped(nameOf(member))} has no list of the name ${escaped(wanted)}.`);
  const entries = found.previewEntries.map(({ rank, film }) => `${rank ? `${rank}\\.` : '-'} ${link(filmName(film.name, film.releaseYear), boxd(film.id))}`);
  const blocks = [`**${found.filmCount ?? 0} films, by ${link(nameOf(member), boxd(member.id))}**`, markdown(found.description ?? ''), ...entries];
  return { embeds: paged({ title: escaped(found.name), url: boxd(found.id), ...thumbnail(found.previewEntries[0]?.film.poster) }, blocks.filter(isText)) };
};

/** Case, spaces and punctuation do not matter, unless there is nothing else. */
function isSameName(a: string, b: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '') || name.toLowerCase().trim();
  return plain(a) === plain(b);
}

function isText(value: string | null | undefined | false): value is string {
  return Boolean(value);
}
