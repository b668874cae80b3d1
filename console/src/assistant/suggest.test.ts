import { expect, test } from "vitest";

import { fitting, wordsOf } from "./suggest";

const GALLERY = [
  { title: "Expense approval", summary: "Pay small expenses at once; a manager decides on the others.", category: "Finance", tags: ["approval", "payment"] },
  { title: "Uptime check", summary: "Your sites are called every few minutes; what does not answer is told.", category: "IT", tags: ["monitoring"] },
  { title: "Leave request", summary: "A manager decides on days off.", category: "People", tags: ["approval"] },
];

test("the template that shares most with the words comes first", () => {
  const found = fitting(GALLERY, "When somebody hands in expenses, a manager approves them, then payment goes out");
  expect(found.map(({ title }) => title)).toEqual(["Expense approval", "Leave request"]);
});

test("nothing fits words that no template has", () => {
  expect(fitting(GALLERY, "the of and")).toEqual([]);
  expect(fitting(GALLERY, "quantum zebra")).toEqual([]);
});

test("endings do not matter, everyday words do not count", () => {
  expect(wordsOf("The approvals and approved")).toEqual(["approv"]);
});
