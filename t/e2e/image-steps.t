#!/bin/bash
# image-steps.t - steps that build, run and push images, on real engines.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/cli.sh"
. "$srcdir/t/lib/engines.sh"

mkdir "$T/e" "$T/repo" "$T/repo/.ci" "$T/repo/app" "$T/repo/app/skip"
at_end engines_stop "$T/e"
cd "$T/repo" || bail 'no folder'

cat >app/Dockerfile <<'END'
FROM busybox
ARG WHO
COPY . /app/
RUN echo "built for $WHO"; cd /app && find . -not -type d | sort; echo "$WHO" >/who
ENTRYPOINT ["sh", "-c"]
CMD ["echo \"I am for $(cat /who)\""]
END
printf '# of the build\nskip\n!skip/keep\n*.tmp\n' >app/.dockerignore
touch app/a app/b.tmp app/skip/x app/skip/keep
ln -s /etc/shadow app/link

cat >.ci/images.yml <<'END'
on: push
jobs:
  images:
    container: busybox
    steps:
      - name: build
        id: made
        type: step.docker_build
        config:
          context: app
          tags: ["127.0.0.1:5001/own/app:${{ github.run_id }}"]
          build_args: {WHO: "the ${{ github.event_name }}"}
      - run: echo "made ${{ steps.made.outputs.image-id }}"
      - type: step.docker_run
        config:
          image: "127.0.0.1:5001/own/app:${{ github.run_id }}"
      - id: fails
        type: step.docker_run
        config:
          image: "127.0.0.1:5001/own/app:${{ github.run_id }}"
          command: ['echo "$GREETING from $PWD"; echo x >made; exit 7']
          env: {GREETING: hello}
        continue-on-error: true
      - run: echo "it ${{ steps.fails.outcome }} $(cat made)"
      - type: step.docker_push
        config: {image: "own/app:${{ github.run_id }}", registry: 127.0.0.1:5001}
        continue-on-error: true
      - type: step.docker_push
        config: {image: "127.0.0.1:5001/own/app:${{ github.run_id }}"}
END
# An action that brings its Dockerfile.
mkdir -p act/files
cat >act/action.yml <<'END'
name: greet
inputs:
  who: {default: nobody}
outputs:
  said: {}
runs:
  using: docker
  image: files/Dockerfile
  args: [greetings, "${{ inputs.who }}"]
  post-entrypoint: /after
END
cat >act/files/Dockerfile <<'END'
FROM busybox
COPY hello after /
ENTRYPOINT ["/hello"]
END
printf '#!/bin/sh\necho "$@ ($INPUT_WHO) in $GITHUB_WORKSPACE"\necho "said=$1" >>"$GITHUB_OUTPUT"\n' >act/hello
printf '#!/bin/sh\necho after all\n' >act/after
chmod +x act/hello act/after
cat >.ci/action.yml <<'END'
on: push
jobs:
  images:
    container: busybox
    steps:
      - uses: ./act
        id: act
        with: {who: world}
      - run: echo "it said ${{ steps.act.outputs.said }}"
END
cat >.ci/wrong.yml <<'END'
on: push
jobs:
  images:
    container: busybox
    steps:
      - run: printf 'FROM busybox\nRUN echo so far && exit 3\n' >Dockerfile
      - type: step.docker_build
        config: {tags: [own/wrong]}
END

# run_with ENGINE FILE EXIT - in `out`.
run_with()
{
	cat >"$PAWL_CONFIG" <<-X
	state-dir: $T/state
	engine: docker
	docker-socket: $T/e/$1.sock
	allow-image-steps: ${allow:-true}
	X
	exits "$3" pawl run "$2"
}

for service in docker podman; do
	if why=$(engine_missing "$service"); then
		test_skip "image steps with $service" "$why"
		continue
	fi
	{ "${service}_start" "$T/e" && image_load "$T/e/$service.sock" &&
		{ [ -e "$T/e/registry" ] || registry_start "$T/e"; }; } \
		>"$T/engine.log" 2>&1 || bail "$service: $(tail "$T/engine.log")"

	test_expect "an image is built, run and pushed with $service" '
		run_with "$service" .ci/images.yml 0 && cat out &&
		grep "^built for the push" out && grep "^./skip/keep" out &&
		grep "^./link" out && ! grep "^./skip/x\|^./b.tmp" out &&
		grep "^made sha256:[0-9a-f]*$" out &&
		grep "^I am for the push" out &&
		grep "^hello from /workspace" out &&
		grep "^it failure x" out
	'

	test_expect "a build that fails says what its command did with $service" '
		run_with "$service" .ci/wrong.yml 1 && cat out &&
		grep "^so far" out && grep "building the image: .*3" out &&
		! grep "trying again" out
	'

	test_expect "an action is built from its Dockerfile with $service" '
		run_with "$service" .ci/action.yml 0 && cat out &&
		grep "^greetings world (world) in /workspace" out &&
		grep "^it said greetings" out && grep "^after all" out
	'

	test_expect "nobody builds who is not allowed to with $service" '
		allow=false && run_with "$service" .ci/wrong.yml 1 &&
		grep "\"allow-image-steps\" in the configuration" out &&
		run_with "$service" .ci/action.yml 1 &&
		grep "has to be built from its Dockerfile" out;
		got=$?; unset allow; [ "$got" -eq 0 ]
	'
	"${service}_stop" "$T/e"
done

test_expect 'the registry has the image' '
	nsenter --net="/run/netns/$(engine_namespace "$T/e")" \
		curl -fsS http://127.0.0.1:5001/v2/own/app/tags/list >out &&
	cat out && grep "\"own/app\"" out
'

test_expect 'nothing of it is left' '
	engines_stop "$T/e" && is "$(mounts_below "$T/e")" ""
'

test_done
