import type { Role } from './multi-server';

interface Names {
  readonly shared: { readonly domain: string; readonly images: { readonly mastodon: string; readonly streaming: string } };
  readonly prod: {
    readonly hosts: Readonly<Record<string, { readonly roles?: readonly Role[] | undefined }>>;
    readonly instances: Readonly<Record<string, { readonly domain: string }>>;
    readonly backup: { readonly offsite?: { readonly host: string } | undefined };
  };
}

const hostNames = ({ shared, prod }: Names) => Object.keys(prod.hosts).map((label) => `${label}.${shared.domain}`);
/** Mastodon's own images: others may count otherwise. */
const OWN = 'ghcr.io/mastodon/';
const tagOf = (image: string) => image.slice(image.lastIndexOf(':') + 1);

/** What must not be the same thing, or must be: a path, a message, and whether it is right. */
export const apartRules: readonly { readonly path: string[]; readonly message: string; readonly holds: (names: Names) => boolean }[] = [
  {
    path: ['prod', 'instances'],
    message: 'has a domain that is the name of a host: both would lead there; take another domain, or call the host otherwise',
    holds: (names) => Object.values(names.prod.instances).every(({ domain }) => !hostNames(names).includes(domain)),
  },
  {
    path: ['prod', 'backup', 'offsite', 'host'],
    message: 'must be another machine: this is a host or an instance of the estate, and its copies would be lost with it',
    holds: (names) => {
      const own = [...hostNames(names), ...Object.values(names.prod.instances).map(({ domain }) => domain)];
      return names.prod.backup.offsite === undefined || !own.includes(names.prod.backup.offsite.host);
    },
  },
  {
    path: ['shared', 'images', 'streaming'],
    message: 'must have the tag of shared.images.mastodon: they are two halves of one version',
    holds: ({ shared: { images } }) =>
      ![images.mastodon, images.streaming].every((image) => image.startsWith(OWN)) || tagOf(images.mastodon) === tagOf(images.streaming),
  },
];
