#!/usr/bin/env bash
# Builds Flowloom's image as an OCI archive: k8s/image/build.sh [flowloom.tar]
# Debian's libraries, Node 24, the bundle and what it loads: no shell, no package manager. Needs mmdebstrap and buildah
# (Debian packages), root, and "npm run setup" before.
#   DEBIAN_SOURCES  sources.list of the packages; default: that of this machine, where it has Debian's
#   IMAGE_BASE      tar of Debian's part: taken when it is there, else made and left there
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(realpath -m "${1:-flowloom.tar}")
export PATH=$PWD/node_modules/.bin:$PATH

fail() { echo "image: $1" >&2; exit 1; }
for tool in mmdebstrap buildah; do
  command -v "$tool" >/dev/null || fail "$tool is missing: apt-get install $tool"
done
[ -f node_modules/node/bin/node ] || fail 'Node 24 is missing: npm run setup'

work=$(mktemp -d)
storage=(--root "$work/storage" --runroot "$work/run" --storage-driver vfs)
trap 'rm -rf "$work"' EXIT

base=${IMAGE_BASE:-$work/base.tar}
if [ ! -f "$base" ]; then
  sources=${DEBIAN_SOURCES:-/etc/apt/sources.list.d/debian.sources}
  [ -f "$sources" ] || sources=
  # libstdc++ for Node, libpcap for the source `libpcap`, libbpf for system calls.
  mmdebstrap --quiet --format=tar --variant=extract --include=libc6,libstdc++6,libgcc-s1,libpcap0.8,libbpf1 \
    bookworm "$work/new.tar" $sources
  mv "$work/new.tar" "$base"
fi

root=$work/root
mkdir -p "$root"
# Libraries and their licences; of /etc nothing, it tells of the machine that built.
tar -xf "$base" -C "$root" --wildcards --exclude='*/gconv/*' --exclude='*/audit/*' \
  './lib*' './usr/lib/*' './usr/share/doc/*/copyright'
mkdir -p "$root/usr/bin" "$root/opt/flowloom" "$root/etc" "$root/tmp" "$root/var/lib/flowloom" "$root"/{proc,sys,dev}
chmod 1777 "$root/tmp"
printf '%s\n' 'root:x:0:0::/:/usr/bin/false' 'flowloom:x:65532:65532::/:/usr/bin/false' >"$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'flowloom:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
strip -o "$root/usr/bin/node" node_modules/node/bin/node || install -m 755 node_modules/node/bin/node "$root/usr/bin/node"
printf '%s\n' '#!/usr/bin/node' "import('/opt/flowloom/dist/main.js');" >"$root/usr/bin/flowloom"
chmod 755 "$root/usr/bin/flowloom"

node scripts/build.mjs
node scripts/ebpf.mjs
node k8s/image/modules.ts "$root/opt/flowloom"
cp -r dist package.json LICENSE "$root/opt/flowloom/"
find "$root/opt/flowloom/dist" \( -name '*.map' -o -name '*.sources' -o -name '.flowloom-setup' \) -delete

version=$(node -p 'require("./package.json").version')
buildah() { command buildah "${storage[@]}" "$@"; }
container=$(buildah from scratch)
buildah copy --quiet "$container" "$root" / >/dev/null
buildah config --user 65532:65532 --workingdir / --entrypoint '["/usr/bin/flowloom"]' --cmd '' --port 9464 \
  --env PATH=/usr/bin --env NODE_ENV=production \
  --env NODE_OPTIONS=--max-semi-space-size=8 --env MALLOC_ARENA_MAX=2 --env MALLOC_MMAP_THRESHOLD_=131072 --created-by k8s/image/build.sh \
  --label org.opencontainers.image.title=flowloom --label org.opencontainers.image.version="$version" \
  --label org.opencontainers.image.licenses=Apache-2.0 "$container"
rm -f "$out"
buildah commit --quiet --format oci --disable-compression=false --timestamp "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}" \
  "$container" "oci-archive:$out:flowloom:$version" >/dev/null

echo "$out: flowloom:$version, $(du -m "$out" | cut -f1) MB packed, $(du -sm "$root" | cut -f1) MB unpacked"
