import type { Film, LetterboxdWorld } from '../letterboxd/world';
import type { Random } from '../random';

const FIRST = ['Silent', 'Last', 'Paper', 'Distant', 'Golden', 'Hollow', 'Northern', 'Second', 'Velvet', 'Winter', 'Burning', 'Little'];
const SECOND = ['Harbour', 'Orchard', 'Signal', 'Thief', 'Summer', 'Bridge', 'Letters', 'Garden', 'Voyage', 'Mirror', 'Station', 'Fields'];
const DIRECTORS = ['Ada Lindqvist', 'Tomás Ferreira', 'Mei Okonkwo', 'Jon Åker', 'Rosa Villanueva', 'Pavel Horák'];
const LANGUAGES = ['English', 'Portuguese', 'Swedish', 'Czech', 'Japanese'];
const GENRES = ['Drama', 'Comedy', 'Thriller', 'Documentary', 'Western', 'Science Fiction'];

/** Films that nobody has made, each with a title of its own. At most 144. */
export function sampleFilms(world: LetterboxdWorld, random: Random, count: number): Film[] {
  return Array.from({ length: Math.min(count, FIRST.length * SECOND.length) }, (_, i) => {
    const title = `${random.chance(0.3) ? 'The ' : ''}${FIRST[i % FIRST.length]} ${SECOND[(i + Math.floor(i / FIRST.length)) % SECOND.length]}`;
    return world.addFilm(title, {
      year: 1930 + Math.floor(random.between(0, 95)),
      tmdb: 1000 + i,
      poster: `https://a.ltrbxd.com/resized/sample/${i}.jpg`,
      directors: [random.pick(DIRECTORS)],
      language: random.pick(LANGUAGES),
      runTime: Math.floor(random.between(70, 190)),
      genres: [random.pick(GENRES)],
      rating: Math.round(random.between(150, 470)) / 100,
      adult: random.chance(0.02),
      counts: {
        watches: Math.floor(random.between(50, 2_000_000)),
        likes: Math.floor(random.between(5, 400_000)),
        reviews: Math.floor(random.between(1, 90_000)),
      },
      ...(random.chance(0.6) ? { tagline: 'Nothing is as it was.' } : {}),
    });
  });
}
