#!/bin/sh
# Boots a virtual machine whose BMC is QEMU's, runs commands on its /dev/ipmi0 with two programs, and
# leaves what each said in a folder.
#
#   run.sh OURS REFERENCE kcs|bt FOLDER
#
# FOLDER/results holds N.ours.* and N.reference.* for line N of `commands`: out, err, status.
# Exit status: 0 done, 2 a piece is missing (its name on stdout), 1 anything else.
set -eu

ours=$1 reference=$2 interface=$3 folder=$4
here=$(cd "$(dirname "$0")" && pwd)
limit=${VM_SECONDS:-400}

missing() { echo "$1"; exit 2; }

for tool in qemu-system-x86_64 busybox cpio gzip tar ldd timeout; do
    command -v "$tool" >/dev/null || missing "$tool"
done
[ -x "$reference" ] || missing "$reference"

# The newest kernel of the machine that has its modules beside it, uncompressed.
kernel='' modules=''
for candidate in /boot/vmlinuz-*; do
    drivers=/lib/modules/${candidate#/boot/vmlinuz-}/kernel/drivers/char/ipmi
    if [ -r "$candidate" ] && [ -r "$drivers/ipmi_si.ko" ]; then
        kernel=$candidate modules=$drivers
    fi
done
[ -n "$kernel" ] || missing "a readable kernel in /boot with its IPMI modules"

rm -rf "$folder"
mkdir -p "$folder/results"
root=$folder/root
mkdir -p "$root/bin" "$root/dev" "$root/proc" "$root/sys" "$root/modules" "$root/ours" "$root/reference" \
    "$root/usr/share/misc"

# A program and the libraries it names, each where the loader looks for it.
install_program() {
    cp "$1" "$2"
    ldd "$1" 2>/dev/null | grep -o '/[^ )]*' | while read -r library; do
        mkdir -p "$root${library%/*}"
        cp -L "$library" "$root$library"
    done
}
install_program "$(command -v busybox)" "$root/bin/busybox"
install_program "$reference" "$root/reference/ipmitool"
install_program "$ours" "$root/ours/ipmitool"
# What only debuggers read is most of an unoptimised build.
if command -v strip >/dev/null; then strip "$root/ours/ipmitool"; fi
for module in ipmi_msghandler ipmi_devintf ipmi_si; do cp "$modules/$module.ko" "$root/modules/"; done
registry=/usr/share/misc/enterprise-numbers.txt
if [ -r "$registry" ]; then cp "$registry" "$root$registry"; fi
cp "$here/init" "$here/commands" "$root/"
chmod 755 "$root/init"
(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$folder/initrd.gz"
rm -rf "$root"

# The kernel talks on the first serial line; the results come over the second.
timeout "$limit" qemu-system-x86_64 -accel tcg -M pc -cpu max -m 384 -nodefaults -display none -no-reboot \
    -kernel "$kernel" -initrd "$folder/initrd.gz" -append 'console=ttyS0 panic=-1 quiet' \
    -serial "file:$folder/console.log" -serial "file:$folder/results.tar.gz" \
    -device ipmi-bmc-sim,id=bmc0,mfg_id=343,product_id=0x3e,guid=6ba7b810-9dad-11d1-80b4-00c04fd430c8 \
    -device "isa-ipmi-$interface,bmc=bmc0" </dev/null >"$folder/qemu.log" 2>&1 || {
    echo "the virtual machine failed or took more than $limit s:"
    tail -n 20 "$folder/qemu.log" "$folder/console.log"
    exit 1
}
tar -xzf "$folder/results.tar.gz" -C "$folder/results"
