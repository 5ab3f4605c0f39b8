/** What keeps a process from starting, and is mended outside of it: the message says where and how, and needs no stack. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}
