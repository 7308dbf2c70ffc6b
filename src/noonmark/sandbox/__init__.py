"""The locked process that reads strangers' files.

process, worker_end, descriptors, surroundings, protocol   start a worker, judge its answer
waiting                                                    workers that wait for their file
worker, locks, seccomp                                     in the worker, before a hostile byte
tasks, parsers, decoders, strippers                        in the worker, behind the locks
self_check                                                 which attacks the locks stop here
png                                                        pictures both sides agree on
"""
