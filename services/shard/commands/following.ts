import { compareLids } from '../../contracts/lid';
import { boxd, toLogEntry } from '../../letterboxd/log-entry';
import { COLOUR, paged } from '../text/embed';
import { escaped, link } from '../text/markdown';
import { profileOf, userName } from './accounts';
import { type Call, type Command, type CommandMeans, type Place, textOption } from './command';
import { memberNote } from './parts';
import { Refusal } from './refusal';

/** The channel that is chosen, or where the command is called. */
function channelOf({ chosen, here }: Call): Place {
  const place = chosen ?? here;
  if (place.callerLacks.length > 0) throw new Refusal(`You have not the permission for that in <#${place.channelId}>: ${place.callerLacks.join(', ')}.`);
  return place;
}

export const follow: Command = async (call, means) => {
  const { users, publish, log } = means;
  const place = channelOf(call);
  const member = await means.accounts.find(textOption(call, 'account'));
  const profile = profileOf(member);
  const known = (await users.byLid(profile.lid))?.previous.lid ?? '0';
  const isNew = await users.follow(profile, place.channelId);
  // the follow is stored, and scrapers listen to that too: what fails here comes a little later
  const onError = (error: unknown) => log.warn({ member: profile.lid, error }, 'a new follow is not announced');
  await publish.command({ type: 'FOLLOW', user: profile.lid, entry: known }).catch(onError);
  if (isNew) await postNewest(profile.lid, known, place.channelId, means).catch(onError);

  const lacks = [...place.bot].filter(([, has]) => !has).map(([name]) => name);
  const warning = lacks.length > 0 ? `\nThe bot cannot post there yet: it needs the permission ${lacks.join(', ')}.` : '';
  const text = isNew ? `is followed in <#${place.channelId}> from now on.` : `was followed in <#${place.channelId}> already.`;
  return { embeds: [memberNote({ ...profile, name: profile.displayName }, text + warning)] };
};

/** What other channels have already; newer ones, and the first of a user, the scrapers bring to all channels. */
async function postNewest(member: string, known: string, channelId: string, { letterboxd, publish }: CommandMeans): Promise<void> {
  const newest = (await letterboxd.logEntries({ member, perPage: 1 })).items[0];
  if (newest && known !== '0' && compareLids(newest.id, known) <= 0) await publish.entry({ entry: toLogEntry(newest, 'Follow'), channelId });
}

export const unfollow: Command = async (call, { users, accounts }) => {
  const place = channelOf(call);
  const account = textOption(call, 'account');
  // who is followed here is known without Letterboxd, also when the account is gone
  const listed = (await users.ofChannel(place.channelId)).find((user) => user.userName.toLowerCase() === userName(account));
  const profile = listed
    ? { lid: listed.letterboxdId, userName: listed.userName, displayName: listed.displayName || listed.userName, image: listed.image }
    : profileOf(await accounts.find(account));
  const isHere = (await users.byLid(profile.lid))?.channelList.some(({ channelId }) => channelId === place.channelId);
  if (!(await users.unfollow(profile.lid, place.channelId))) throw new Refusal(`Nobody follows ${escaped(profile.displayName)} anywhere.`);
  const text = isHere ? `is not followed in <#${place.channelId}> any more.` : `was not followed in <#${place.channelId}>.`;
  return { embeds: [memberNote({ ...profile, name: profile.displayName }, text)] };
};

export const refresh: Command = async (call, { users, accounts }) => {
  const profile = profileOf(await accounts.find(textOption(call, 'account')));
  if (!(await users.refresh(profile))) throw new Refusal(`Nobody follows ${escaped(profile.displayName)} anywhere: there is nothing to renew.`);
  return { embeds: [memberNote({ ...profile, name: profile.displayName }, 'is shown with this name and picture from now on.')] };
};

export const following: Command = async (call, { users }) => {
  const { channelId } = channelOf(call);
  const followed = [...(await users.ofChannel(channelId))].sort((a, b) => compareLids(a.letterboxdId, b.letterboxdId));
  const intro = {
    color: COLOUR,
    description: followed.length > 0 ? `Followed in <#${channelId}>: ${followed.length}` : `Nobody is followed in <#${channelId}> yet.`,
  };
  const lines = followed.map((user) => `• ${escaped(user.userName)} ${link(user.letterboxdId, boxd(user.letterboxdId))}`);
  return { embeds: lines.length > 0 ? [intro, ...paged({}, lines)] : [intro] };
};
