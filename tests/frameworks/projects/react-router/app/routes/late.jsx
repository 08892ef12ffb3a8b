import { Suspense } from 'react';
import { Await } from 'react-router';

export const loader = () => ({
  late: new Promise((resolve) => setTimeout(() => resolve('here'), 5)),
});

export default function Late({ loaderData }) {
  return (
    <Suspense fallback={<p>waiting</p>}>
      <Await resolve={loaderData.late}>{(text) => <p>{text}</p>}</Await>
    </Suspense>
  );
}
