// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Weir.Cli.Configuring;
using Weir.Desk.Composing;
using Weir.Hosting.Configuration;
using Weir.Tests.Support;

namespace Weir.Tests.Cli.Configuring;

/// <summary>A private key or a file of secrets that others may read, or that its process may not, is found when the
/// configuration is read: by <c>weir check</c> and at the start.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-secrets-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite)]
    public void A_key_that_others_may_read_or_write_is_refused_with_the_fix(UnixFileMode mode)
    {
        var key = Key(mode);

        var fault = Assert.Single(Faults($"console: {{ enabled: false, certificate: /nowhere, key: {key} }}"));

        Assert.Equal("console.key", fault.Path);
        Assert.Contains($"chmod 600 {key}", fault.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_its_owner_alone_and_one_that_is_not_there_are_none()
    {
        var key = Key(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Empty(Faults($"console: {{ enabled: false, certificate: /nowhere, key: {key} }}"));
        Assert.Empty(Faults("console: { enabled: false, certificate: /nowhere, key: /nowhere/key }"));
    }

    /// <summary>Whose process it is has to be said: without a user it is whoever starts it.</summary>
    [Fact]
    public void A_key_that_its_process_may_not_read_is_refused_with_whose_it_has_to_be()
    {
        Need.Root("has a key that another may not read");
        var key = Key(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var desk = $"console: {{ enabled: false, certificate: /nowhere, key: {key} }}";

        var fault = Assert.Single(Faults($"{desk}\nprocesses: {{ desk: {{ user: daemon }} }}"));

        Assert.Equal("console.key", fault.Path);
        Assert.Contains("weir desk runs as daemon", fault.Sentence, StringComparison.Ordinal);
        Assert.EndsWith($"chown daemon {key}", fault.Sentence, StringComparison.Ordinal);
        Assert.Empty(Faults(desk));
    }

    [Theory]
    [InlineData("console.key", "desk")]
    [InlineData("matching.lists[0].key-file", "desk")]
    [InlineData("notifying.channels[1].key-file", "desk")]
    [InlineData("vault.approvals.key", "vault")]
    [InlineData("selfservice.key", "vault")]
    [InlineData("collecting.sessions.key", "collector")]
    [InlineData("processes.store.tls.key", "store")]
    [InlineData("auditing.outside[0].key-file", null)]
    [InlineData("attributing.key", null)]
    public void A_secret_is_the_process_s_that_takes_its_section(string path, string? process) =>
        Assert.Equal(process, SecretFileRules.ProcessOf(path));

    /// <summary>A further setting of the kind is looked at too, in sections and in lists of them.</summary>
    [Fact]
    public void Whatever_is_said_to_be_for_its_user_alone_is_looked_at()
    {
        var open = Key(UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Contains(
            Faults($"matching: {{ lists: [{{ name: a, path: /nowhere, key-file: {open} }}] }}"),
            fault => fault.Path == "matching.lists[0].key-file");
        Assert.Empty(
            from type in new[] { typeof(WeirConfiguration).Assembly, typeof(IDeskConfiguration).Assembly,
                typeof(SettingAttribute).Assembly, typeof(Weir.Vault.VaultOptions).Assembly,
                typeof(Weir.Collector.Decoding.DecodingOptions).Assembly }.SelectMany(part => part.GetTypes())
            from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            let about = property.GetCustomAttribute<SettingAttribute>()
            where about is { IsSecretFile: false }
                && about.Meaning.Contains("PEM file", StringComparison.Ordinal)
                && about.Meaning.Contains("user alone", StringComparison.Ordinal)
            select $"{type.Name}.{property.Name}");
    }

    private string Key(UnixFileMode mode)
    {
        var path = Path.Combine(_folder.FullName, "key");
        File.WriteAllText(path, "secret");
        File.SetUnixFileMode(path, mode);
        return path;
    }

    private static List<ConfigurationFault> Faults(string yaml) =>
        [.. ConfigurationReader.Read<WeirConfiguration>(yaml, _ => null).Faults.Where(
            fault => fault.Sentence.Contains(" names /", StringComparison.Ordinal))];
}
