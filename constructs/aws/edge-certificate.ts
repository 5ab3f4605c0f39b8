import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { awsIn } from './provider';

/** Names by which a CAA record admits Amazon; one of them is enough. https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html */
export const AMAZON_AUTHORITY = 'amazon.com';

/** CloudFront takes certificates from here, wherever the rest is. */
const REGION = 'us-east-1';

export interface EdgeCertificateProps {
  /** At most 64 characters. */
  readonly host: string;
  /** Makes the CNAME record that proves whose the host is: both names end in a dot. */
  readonly prove: (record: { readonly name: string; readonly target: string }) => ITerraformDependable;
}

/** A certificate for a distribution, given once a record in the host's zone is there. */
export class EdgeCertificate extends Construct {
  readonly host: string;
  /** Known when it is valid. */
  readonly arn: string;

  constructor(scope: Construct, id: string, { host, prove }: EdgeCertificateProps) {
    super(scope, id);
    const provider = awsIn(this, REGION);
    this.host = host;
    const certificate = new AcmCertificate(this, 'resource', {
      domainName: host,
      validationMethod: 'DNS',
      lifecycle: { createBeforeDestroy: true },
      provider,
    });
    const proof = certificate.domainValidationOptions.get(0);
    const record = prove({ name: proof.resourceRecordName, target: proof.resourceRecordValue });
    this.arn = new AcmCertificateValidation(this, 'valid', { certificateArn: certificate.arn, provider, dependsOn: [record] }).certificateArn;
  }
}
