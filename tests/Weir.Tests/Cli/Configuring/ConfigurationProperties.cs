// SPDX-License-Identifier: Apache-2.0
using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Weir.Cli.Configuring;
using Weir.Contracts.Lists;
using Weir.Hosting.Configuration;
using Weir.Hosting.Sections;
using Weir.Wire;

namespace Weir.Tests.Cli.Configuring;

public class ConfigurationProperties
{
    private static readonly Config Fixed = Config.QuickThrowOnFailure.WithMaxTest(2_000).WithReplay(20_260_301, 7_919);

    private static readonly string[] Tokens =
    [
        "\n", "\n  ", "\n    ", " ", ": ", "- ", "[", "]", "{", "}", ",", "\"", "'", "|", ">", "&a ", "*a", "!!str ",
        "? ", "# x", "---", "...", "%YAML 9.9", "\t", "\0", "\ud800", "\u2028", "${", "}", "$${", "yes", "~", "0x1F",
        "10m", "512MiB",
        "192.0.2.0/24", "<<", "\\u12", "é", "@", "`", "every 0s", "99999999999999999999", "-1", ".nan", "1h1h",
        .. Schema.Of(typeof(WeirConfiguration)).SelectMany(s => Schema.Of(s.Type).Select(t => t.Key).Append(s.Key)),
    ];

    [Fact]
    public void Any_tokens_of_yaml_end_in_a_value_or_in_faults_and_never_in_an_exception()
    {
        var yaml = Gen.Elements(Tokens).ListOf().Select(string.Concat);
        Prop.ForAll(yaml.ToArbitrary(), text => ConfigurationReader.Read<WeirConfiguration>(text, _ => null).Value is not null)
            .Check(Fixed);
    }

    [Fact]
    public void A_damaged_default_file_never_throws()
    {
        var original = ConfigurationDocs.CommentedDefault(WeirConfiguration.Shipped());
        var damage =
            from at in Gen.Choose(0, original.Length - 1)
            from length in Gen.Choose(0, 12)
            from token in Gen.Elements(Tokens)
            select string.Concat(
                original.AsSpan(0, at), token, original.AsSpan(Math.Min(original.Length, at + length)));
        Prop.ForAll(damage.ToArbitrary(), text => ConfigurationReader.Read<WeirConfiguration>(text, _ => null).Faults is not null)
            .Check(Fixed.WithMaxTest(300));
    }

    [Fact]
    public void A_dump_reads_back_to_itself()
    {
        Prop.ForAll(Configurations().ToArbitrary(), settings =>
        {
            var dump = ConfigurationWriter.Dump(settings);
            var read = ConfigurationReader.Read<WeirConfiguration>(dump, name => "value of " + name);
            Assert.Empty(read.Faults);
            Assert.Equal(dump, ConfigurationWriter.Dump(read.Value));
            Assert.Equal(settings.Attributing.Networks, read.Value.Attributing.Networks);
            Assert.Equal(settings.Comparing, read.Value.Comparing);
        }).Check(Fixed);
    }

    [Fact]
    public void Durations_and_sizes_read_back()
    {
        Prop.ForAll<uint>(n => Durations.TryParse(Durations.Text(TimeSpan.FromMilliseconds(n)), out var back)
            && back == TimeSpan.FromMilliseconds(n))
            .Check(Fixed);
        Prop.ForAll<uint>(n => ByteSize.TryParse(new ByteSize(n).ToString(), out var back) && back.Octets == n)
            .Check(Fixed);
    }

    private static Gen<WeirConfiguration> Configurations() =>
        from name in Texts()
        from spool in Texts().Where(s => !string.IsNullOrWhiteSpace(s))
        from path in Texts()
        from bits in Gen.Choose(8, 32)
        from lanes in Gen.Choose(1, 64)
        from minutes in Gen.Choose(1, 1_440)
        from schedule in Gen.Elements(
            Schedule.Never, Schedule.Daily(new(23, 59)), Schedule.Every(TimeSpan.FromMinutes(61)))
        from q in Gen.Choose(1, 1_000)
        from url in Gen.Elements<Uri?>(null, new Uri("http://127.0.0.1:8123/${x}"))
        from secret in Gen.Elements("literal", "${NAME}")
        select new WeirConfiguration
        {
            Profile = (Profile)(lanes % 3),
            Collecting =
                new() { Lanes = lanes, Listen = [new(IPAddress.IPv6Any, lanes), new(IPAddress.Loopback, lanes)] },
            Decoding = new()
            {
                TemplateLifetime = TimeSpan.FromMinutes(minutes),
                Exporters = [new() { Address = Prefix.Parse("2001:db8::1"), Name = name }]
            },
            Attributing = new()
            {
                Networks = [
                    new() { Prefix = Prefix.From(IpKey.FromV4(0xC6336442), 96 + bits), Name = name, Access = path }]
            },
            Matching = new() { Lists = [new() { Name = name, Path = spool, Role = (ListRole)(lanes % 5) }] },
            Comparing = new() { Schedule = schedule, Q = q / 10_000.0, Seed = (ulong)lanes << 57 },
            Store = new()
            {
                Spool = spool,
                Url = url,
                Embedded = url is null ? spool : null,
                User = url is null ? null : name,
                Password = url is null ? null : SecretOf(secret)
            },
        };

    private static Secret SecretOf(string reference) => new(reference, reference);

    private static Gen<string> Texts() =>
        from parts in Gen.Elements(
            "yes", "No", "~", "", "1", "1e9", ":", "# ", " ", "\"", "\\", "\n", "\t", "é", "\U0001F600", "${", "$", "a",
            "/var/x", "- ", "null", "\u0085", "\0")
            .ListOf()
        select string.Concat(parts);
}
