// graphql-yoga: queries, mutations, errors, subscriptions as event streams, uploads.

import { createSchema, createYoga } from 'graphql-yoga';

const notes = [{ id: '1', text: 'first', author: { name: 'anna' } }];

const yoga = createYoga({
  schema: createSchema({
    typeDefs: /* GraphQL */ `
      scalar File
      type Author {
        name: String!
      }
      type Note {
        id: ID!
        text(upper: Boolean = false): String!
        author: Author!
      }
      type Query {
        notes(first: Int): [Note!]!
        header(name: String!): String
        fails: String
      }
      type Mutation {
        add(text: String!): Note!
        read(file: File!): String!
      }
      type Subscription {
        count(to: Int!): Int!
      }
    `,
    resolvers: {
      Query: {
        notes: (_, { first }) => notes.slice(0, first ?? notes.length),
        header: (_, { name }, { request }) => request.headers.get(name),
        fails: () => {
          throw new Error('a secret of the resolver');
        },
      },
      Note: { text: ({ text }, { upper }) => (upper ? text.toUpperCase() : text) },
      Mutation: {
        add: (_, { text }) => ({ id: String(notes.length + 1), text, author: notes[0].author }),
        read: async (_, { file }) => `${file.name}: ${await file.text()}`,
      },
      Subscription: {
        count: {
          async *subscribe(_, { to }) {
            for (let i = 1; i <= to; i++) yield { count: i };
          },
        },
      },
    },
  }),
  logging: false,
});

export default { fetch: yoga.fetch };
