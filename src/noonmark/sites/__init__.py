"""Satellite and aerial images of a place: images, readings, brackets, sampling.

What is kept of a place in a case:

- images as they came, each with its instant, its sensor and level, and how large a pixel is;
- chips: the part of each image that shows the place, on one grid, with a digest of its pixels;
- stacks of chips that can be compared with one another as numbers: of one sensor and level, each
  with an instant, on one grid;
- readings: what a person saw in one image, one by one and without the others;
- brackets: between the last image clearly without a feature and the first clearly with it.

An image that could not have shown the feature says nothing about it. What a computer proposes is a
proposal until a person has read the images; it is never reported unread.

Decoders lie in sandbox/, since images come from strangers too. Here are arrays, instants and their
meaning; nothing here reads a file that came from outside, asks a clock, or reaches the network.
"""
