/** Worth another try: the other side did not answer, or asked for patience. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}
