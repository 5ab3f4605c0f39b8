import type { HttpAnswer, HttpRequest } from '../http/loopback';
import type { LetterboxdWorld } from './world';

/** `/{name}/` of the site: who it is stands in the headers. */
export function profile(world: LetterboxdWorld, base: string, { method, path }: HttpRequest): HttpAnswer {
  const html = { 'content-type': 'text/html;charset=UTF-8' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: html };
  const name = decodeURIComponent(path.slice(base.length).replace(/\/$/, ''));
  if (!path.endsWith('/')) return { status: 301, headers: { location: `${path}/` } };
  const lower = name.toLowerCase();
  if (name !== lower) return { status: 301, headers: { location: `${base}${encodeURIComponent(lower)}/` } };
  const member = [...world.members.values()].find(({ userName }) => userName.toLowerCase() === lower);
  if (!member) return { status: 404, headers: html, body: '<html><title>Not found</title></html>' };
  const headers = { ...html, 'x-letterboxd-identifier': member.lid, 'x-letterboxd-type': 'Member' };
  return { status: 200, headers, body: `<html><title>${member.lid}</title></html>` };
}
