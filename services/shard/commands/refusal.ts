import { LetterboxdFailure } from '../../letterboxd/failure';
import { TmdbFailure } from '../tmdb';

/** A command cannot be served, for a reason that its caller is told. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** What the caller is told of any failure. */
export function explanation(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof TmdbFailure) return 'The Movie Database gives no answer at the moment. Please try again later.';
  if (!(error instanceof LetterboxdFailure)) return 'Something went wrong here, and it is noted. Please try again later.';
  switch (error.kind) {
    case 'not-found':
      return 'Letterboxd does not know this.';
    case 'forbidden':
      return 'Letterboxd does not let the bot in at the moment.';
    case 'limited':
      return `Letterboxd is busy. Please try again in ${error.retryAfter ? `${Math.ceil(error.retryAfter / 1000)} seconds` : 'a minute'}.`;
    case 'refused':
      return 'Letterboxd does not accept this request.';
    case 'unreadable':
      return 'Letterboxd gave an answer that cannot be read. Please try again later.';
    default:
      return 'Letterboxd does not answer at the moment. Please try again later.';
  }
}
