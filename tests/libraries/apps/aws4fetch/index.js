// aws4fetch: signatures in headers and in the query, and a signed request.

import { AwsClient, AwsV4Signer } from 'aws4fetch';

const keys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const datetime = '20150830T123600Z';
const sign = async (options) => {
  const { method, url, headers } = await new AwsV4Signer({ ...keys, datetime, ...options }).sign();
  return { method, url: String(url), headers: Object.fromEntries(headers) };
};

const routes = {
  '/header': () =>
    sign({ url: 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08', service: 'iam' }),
  '/query': () =>
    sign({ url: 'https://bucket.s3.amazonaws.com/a key/ü?X-Amz-Expires=60', signQuery: true }),
  '/body': () =>
    sign({
      url: 'https://sqs.eu-west-1.amazonaws.com/1/q',
      method: 'POST',
      body: 'Action=SendMessage&MessageBody=ü',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  async '/fetch'(env) {
    const client = new AwsClient({ ...keys, service: 's3', region: 'auto', retries: 0 });
    const response = await client.fetch(`${env.UPSTREAM}/bucket/key`, {
      method: 'PUT',
      body: 'content',
      headers: { 'content-type': 'text/x-own' },
      aws: { datetime },
    });
    const got = await response.json();
    // The port, which the signature covers, is another in each run.
    got.authorization = got.authorization.replace(/Signature=[0-9a-f]{64}$/, 'Signature=(64)');
    return { status: response.status, ...got };
  },
};

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    return Response.json(pathname === '/' ? Object.keys(routes) : await routes[pathname](env));
  },
};
