/** Finds the route of a request among patterns such as `GET /channels/:channel`. */
export class Router<T> {
  private readonly routes: { readonly name: string; readonly method: string; readonly parts: readonly string[]; readonly route: T }[];

  constructor(table: Readonly<Record<string, T>>) {
    this.routes = Object.entries(table).map(([name, route]) => {
      const [method, path] = name.split(' ') as [string, string];
      return { name, method, parts: path.split('/'), route };
    });
  }

  /** `method`: there are routes with this path, but none with this method. */
  match(method: string, path: string): { name: string; route: T; params: Record<string, string> } | 'method' | undefined {
    const parts = path.split('/');
    const fitting = this.routes.filter(({ parts: wanted }) => wanted.length === parts.length && wanted.every((one, i) => one[0] === ':' || one === parts[i]));
    const found = fitting.find((one) => one.method === method);
    if (!found) return fitting.length > 0 ? 'method' : undefined;
    const params = found.parts.flatMap((part, i) => (part[0] === ':' ? [[part.slice(1), decodeURIComponent(parts[i] as string)]] : []));
    return { name: found.name, route: found.route, params: Object.fromEntries(params) };
  }
}
