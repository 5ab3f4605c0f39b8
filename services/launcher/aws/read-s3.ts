import type { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { collect } from '../bytes';
import { decoded } from '../decoded';
import { FetchFailure } from '../failure';
import { awsFailure } from './failure';
import { settings } from './settings';

const HINTS = { AccessDenied: 'S3 says this of an object that is not there too, where listing is not allowed' };

/** The object at `s3://bucket/key`. */
export async function readS3({ host, pathname }: URL, signal: AbortSignal): Promise<Uint8Array> {
  const Key = decoded(pathname.slice(1));
  if (!host || !Key) throw new FetchFailure('must be s3://bucket/key', false);
  const client = new S3Client({ ...settings, followRegionRedirects: true });
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: host, Key }), { abortSignal: signal });
    return await collect(Body as Readable);
  } catch (error) {
    throw error instanceof FetchFailure ? error : awsFailure(error, HINTS);
  } finally {
    client.destroy();
  }
}
