import { Counter, Gauge, type Registry } from 'prom-client';

/** What a scraper counts. */
export class Metrics {
  readonly asked: Counter;
  readonly found: Counter;
  readonly published: Counter;
  readonly republished: Counter;
  readonly closed: Counter<'how'>;
  readonly errors: Counter<'where'>;

  constructor(registry: Registry) {
    const counter = (name: string, help: string) => new Counter({ name: `scraper_${name}_total`, help, registers: [registry] });
    this.asked = counter('asked', 'Users that were asked for');
    this.found = counter('found', 'Entries that were found and not known yet');
    this.published = counter('published', 'Entries that were published for the first time');
    this.republished = counter('republished', 'Publications of entries that were not in every channel');
    this.closed = new Counter({
      name: 'scraper_closed_total',
      help: 'Entries that are done with: delivered, undeliverable in all channels, expired after a day, or followed by nobody',
      labelNames: ['how'],
      registers: [registry],
    });
    this.errors = new Counter({ name: 'scraper_errors_total', help: 'What went wrong, by where', labelNames: ['where'], registers: [registry] });
  }

  /** A value that is read when somebody asks for it. */
  static gauge(registry: Registry, name: string, help: string, value: () => number): void {
    new Gauge({
      name: `scraper_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  }
}
