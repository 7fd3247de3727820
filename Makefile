# What people run: make demo, make test. `make` alone lists the targets.
.DEFAULT_GOAL := help
CONFIG ?= Release
RID ?= $(shell uname -m | sed 's/x86_64/linux-x64/;s/aarch64/linux-arm64/')
QUIET := -nologo -v q -clp:NoSummary
OUT := artifacts/bin
bench_peers := nsd:nsd unbound:unbound nginx:nginx mta-sts-daemon:postfix-mta-sts-resolver,python3-uvloop cc:gcc unshare:util-linux ip:iproute2
config := $(shell echo $(CONFIG) | tr A-Z a-z)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

build: ## build everything
	dotnet build -c $(CONFIG) $(QUIET)

demo: ## the lookup site inside the lab, offline: prints the address to open
	@dotnet build src/Postseal.Server -c $(CONFIG) $(QUIET)
	@dotnet $(OUT)/Postseal.Server/$(config)/postseal-server.dll demo

test: peers build ## run every test (installs the servers that system tests talk to, where it may)
	build/instrument.sh $(OUT)/Postseal.Fuzz/$(config) artifacts/fuzz
	build/run-tests.sh $(OUT) $(config)

system: peers build ## run the system tests only
	build/run-tests.sh $(OUT) $(config) Postseal.SystemTests

peers:
	build/install-peers.sh

fuzz: ## fuzz every parser for MINUTES=n; TARGET=name for one; TARGET=name INPUT=file to see one input again; ENGINE=afl
	@dotnet build tests/Postseal.Fuzz -c $(CONFIG) $(QUIET)
	build/instrument.sh $(OUT)/Postseal.Fuzz/$(config) artifacts/fuzz
	@build/fuzz.sh artifacts/fuzz "$(MINUTES)" "$(TARGET)" "$(INPUT)" "$(ENGINE)"

bench: dist ## the figures of docs/performance.md, policyd beside its peers; PARTS="startup site race floods memory" for less
	build/install-peers.sh $(bench_peers)
	@dotnet build src/Postseal.Server -c Release $(QUIET)
	@dotnet build tests/Postseal.Benchmarks -c Release $(QUIET)
	@dotnet $(OUT)/Postseal.Benchmarks/release/Postseal.Benchmarks.dll dist/postseal $(PARTS)

dist: ## build the native program dist/postseal
	build/install-aot.sh
	dotnet publish src/Postseal.Cli -c Release -r $(RID) -o dist $(QUIET)
	@rm -f dist/*.dbg dist/*.pdb dist/*.xml
	@chmod 644 dist/libe_sqlite3.so
	@ls -l dist/postseal

dist-server: ## build the server with its runtime, dist-server/
	dotnet publish src/Postseal.Server -c Release -r $(RID) --self-contained -p:PublishReadyToRun=true -o dist-server $(QUIET)
	@rm -f dist-server/*.pdb dist-server/*.xml
	@chmod 644 dist-server/libe_sqlite3.so
	@ls -l dist-server/postseal-server

deb: dist ## build the Debian package dist/postseal_VERSION_ARCH.deb
	build/make-deb.sh dist dist

golden: build ## rewrite the expected output of transcripts and generated pages
	POSTSEAL_GOLDEN=rewrite build/run-tests.sh $(OUT) $(config) Postseal.Tests

fmt: ## format the code
	dotnet tool restore
	dotnet csharpier format .

lint: ## fail where the code is not formatted
	dotnet tool restore
	dotnet csharpier check .

clean: ## remove what was built
	rm -rf artifacts dist dist-server

.PHONY: help build demo test system peers bench dist dist-server deb golden fmt lint clean fuzz
