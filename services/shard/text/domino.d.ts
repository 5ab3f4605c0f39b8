/** Its own declarations name it by its old name. */
declare module '@mixmark-io/domino' {
  export function createDocument(html: string): Document;
}
