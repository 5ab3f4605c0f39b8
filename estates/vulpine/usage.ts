/**
 * What `make cost` assumes of a month, where clouds count use: what the real instance's bill of 2018 comes to (S3 12 dollars, CloudFront
 * 36). Change it to what you see.
 */
export const USAGE = {
  media: { gb: 500, writesThousand: 100, readsThousand: 1000 },
  delivery: { gb: 400, requestsTenThousand: 200 },
} as const;
