using Postseal.SystemTests.Servers;

namespace Postseal.SystemTests.Packaging;

/// <summary>The Debian package, made from the program under test and put into a throw-away copy of this machine: install, remove, purge.</summary>
public sealed class DebTests(DebPackage package) : IClassFixture<DebPackage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_installs_the_program_its_user_units_and_pages_and_a_purge_leaves_nothing()
    {
        Peers.Demand(package.Missing);

        var run = await InScratchRootAsync(
            $"""
            cp /etc/passwd /etc/group /run/
            dpkg --no-triggers --install {package.File} 2>&1
            echo "- $(postseal --version | cut -d+ -f1)"
            echo "- $(stat -c '%U:%G %a' /var/lib/postseal)"
            echo "- $(getent passwd postseal | cut -d: -f1,6,7)"
            echo "- $(cd /etc/systemd/system && echo *.wants/postseal-*)"
            echo "- $(cd /usr/share/man && echo man?/postseal*)"
            dpkg --no-triggers --purge postseal 2>&1
            cmp /etc/passwd /run/passwd
            cmp /etc/group /run/group
            """
        );

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(
            [
                package.Version,
                "postseal:postseal 750",
                "postseal:/var/lib/postseal:/usr/sbin/nologin",
                "multi-user.target.wants/postseal-policyd.service sockets.target.wants/postseal-policyd.socket",
                "man1/postseal.1.gz man8/postseal-policyd.8.gz",
            ],
            Said(run, "- ")
        );
        Assert.DoesNotContain(Said(run, "left "), file => file.Contains("postseal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Removing_it_keeps_what_it_remembers_and_an_edited_configuration_comes_through_a_new_install()
    {
        Peers.Demand(package.Missing);

        var run = await InScratchRootAsync(
            $"""
            dpkg --no-triggers --install {package.File} 2>&1
            echo 'max-policies = 5' >>/etc/postseal/policyd.toml
            echo policies >/var/lib/postseal/policies.db
            mkdir -p /etc/postfix
            echo 'smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix' >/etc/postfix/main.cf
            dpkg --no-triggers --remove postseal 2>&1
            test ! -e /usr/bin/postseal
            dpkg --no-triggers --install {package.File} 2>&1
            echo "- $(tail -1 /etc/postseal/policyd.toml)"
            echo "- $(cat /var/lib/postseal/policies.db)"
            """
        );

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(["max-policies = 5", "policies"], Said(run, "- "));
        // A map that nobody answers defers all mail.
        if (Tool.Find("postconf") is not null && Tool.Find("ip") is not null)
            Assert.Contains("WARNING: smtp_tls_policy_maps in main.cf", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purge_takes_what_the_package_made_and_nothing_that_somebody_else_put_there()
    {
        Peers.Demand(package.Missing);

        var run = await InScratchRootAsync(
            $"""
            dpkg --no-triggers --install {package.File} 2>&1
            cd /etc/postseal
            for file in server.toml server.token ca.pem policyd.toml.mine; do echo mine >$file; done
            cd /var/lib/postseal
            for file in policies.db policies.db-wal policies.db-shm policies.db.corrupt-20260102030405; do echo ours >$file; done
            for file in before-the-update.db policies.db.backup; do echo mine >$file; done
            mkdir -p /var/lib/postseal-server /etc/systemd/system/postseal-policyd.socket.d
            echo mine >/var/lib/postseal-server/postseal.db
            echo '# mine' >/etc/systemd/system/postseal-policyd.socket.d/override.conf
            dpkg --no-triggers --purge postseal 2>&1
            echo "- $(cd /etc/postseal && echo *)"
            echo "- $(cd /var/lib/postseal && echo *)"
            echo "- $(cat /var/lib/postseal-server/postseal.db /etc/systemd/system/postseal-policyd.socket.d/override.conf | tr '\n' ' ')"
            echo "- $(stat -c %U /var/lib/postseal)"
            rm -r /var/lib/postseal /etc/postseal
            deluser --quiet --system postseal

            adduser --quiet --system --group --home /srv/mail --no-create-home --gecos 'Of the operator' postseal
            dpkg --no-triggers --install {package.File} 2>&1
            dpkg --no-triggers --purge postseal 2>&1
            echo "- $(getent passwd postseal | cut -d: -f5)"
            echo "- $(ls -d /etc/postseal /var/lib/postseal 2>/dev/null)"
            """
        );

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(
            [
                "ca.pem policyd.toml.mine server.token server.toml",
                "before-the-update.db policies.db.backup",
                "mine # mine ",
                "postseal",
                "Of the operator,,,",
                "",
            ],
            Said(run, "- ")
        );
    }

    [Fact]
    public async Task The_same_program_gives_the_same_package_byte_for_byte()
    {
        Peers.Demand(package.Missing);
        var again = Directory.CreateDirectory(Path.Combine(package.Folder, "again")).FullName;

        var file = await DebPackage.BuildAsync(again, Ct);

        Assert.Equal(await File.ReadAllBytesAsync(package.File, Ct), await File.ReadAllBytesAsync(file, Ct));
    }

    private async Task<ToolRun> InScratchRootAsync(string script)
    {
        var run = await Tool.RunAsync(
            "sh",
            [DebPackage.Source("tests/Postseal.SystemTests/Packaging/scratch-root.sh"), package.Folder, script],
            Ct
        );
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        return run;
    }

    private static IEnumerable<string> Said(ToolRun run, string mark) =>
        run.Output.Split('\n').Where(l => l.StartsWith(mark, StringComparison.Ordinal)).Select(l => l[mark.Length..]);
}
