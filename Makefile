# Every target is one line; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: demo test build deb test-real bench prove accuracy lab fmt docs help
demo: ; @scripts/demo.sh  ## simulated provider over real UDP into a running Weir; ends with the report on screen
test: ; @scripts/test.sh all  ## install what the tests need, build, run every test; last line: N passed, N failed
build: ; @scripts/build.sh  ## build the program; leaves the launcher ./weir
deb: ; @scripts/deb.sh  ## Debian packages in artifacts/deb: the program with its runtime, and the engine
test-real: ; @scripts/test.sh real  ## only the tests against real peers (tests/Weir.EndToEnd)
bench: ; @scripts/bench.sh  ## measure speed and memory; ratios within one run
prove: ; @scripts/prove.sh  ## everything that takes longer than make test, in parts; goes on where it stopped
accuracy: ; @scripts/accuracy.sh  ## tables of how well C&Cs are told from what they order, with seeds and baselines
lab: ; @scripts/lab.sh  ## write a simulated provider's traffic and its truth to artifacts/lab
fmt: ; @scripts/fmt.sh  ## bring every source file into the house's format
docs: ; @scripts/docs.sh  ## rewrite what is generated: commands, configuration, metrics, public API
help: ; @scripts/help.sh  ## list the targets
