// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Notifying;

namespace Weir.Tests.Vault.Notifying;

public sealed class NoticeTemplatesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-templates-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void English_and_German_come_with_Weir() =>
        Assert.Equal(["de", "en"], NoticeTemplates.Read(null).Languages.Order(StringComparer.Ordinal));

    [Fact]
    public void A_folder_replaces_file_by_file_and_may_add_a_language()
    {
        Put("notice.en.txt", "Our own: {{subject}}");
        foreach (var kind in new[] { "notice.{0}.txt", "notice.{0}.html", "words.{0}.txt" })
        {
            Put(string.Format(System.Globalization.CultureInfo.InvariantCulture, kind, "fr"), Came(
                string.Format(System.Globalization.CultureInfo.InvariantCulture, kind, "en")));
        }

        var templates = NoticeTemplates.Read(_folder);

        Assert.Equal(["de", "en", "fr"], templates.Languages.Order(StringComparer.Ordinal));
        var text = new NoticeText(
            templates, new NoticeDeliveryOptions { Provider = "P", Phone = "1", Page = new("https://example.net") });
        Assert.StartsWith(
            "Our own: A device", text.Write(Example, new CustomerContact("", "en", false, "")).Plain,
            StringComparison.Ordinal);
        Assert.Contains(
            "WHAT TO DO", text.Write(Example, new CustomerContact("", "fr", false, "")).Plain,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notice.en.txt", "Dear {{customer}}", "no 'customer'")]
    [InlineData("notice.en.html", "{{#done}}{{item}}", "does not end")]
    [InlineData("notice.en.html", "{{/done}}", "did not begin")]
    [InlineData("notice.en.txt", "{{done}}", "is a list")]
    [InlineData("notice.en.txt", "{{item}}", "outside a list")]
    [InlineData("notice.en.txt", "{{ subject }}", "is no placeholder")]
    [InlineData("notice.fr.txt", "{{subject}}", "is missing")]
    [InlineData("words.en.txt", "greeting = Hello", "is missing")]
    [InlineData("words.en.txt", "farewell = Bye", "no word 'farewell'")]
    [InlineData("words.en.txt", "greeting = Hello {{mail}}", "")]
    [InlineData("readme.md", "what is this", "is no template")]
    public void What_cannot_be_filled_refuses_the_start_and_says_where(string file, string text, string why)
    {
        Put(file, why.Length == 0
            ? Came(file).Replace("greeting = Dear customer,", text, StringComparison.Ordinal)
            : text);

        var fault = Assert.Throws<InvalidDataException>(() => NoticeTemplates.Read(_folder)).Message;

        Assert.Contains(why.Length == 0 ? "no 'mail'" : why, fault, StringComparison.Ordinal);
        Assert.Contains(file is "notice.fr.txt" ? "notice.fr.html" : file, fault, StringComparison.Ordinal);
    }

    private static Notice Example => new(
        new(1), new(2), NoticeStep.Found,
        new NoticeFacts
        {
            Purpose = Weir.Contracts.Scopes.Purpose.SpamSource,
            Trigger = "spam/1",
            Class = "out tcp rport=25 raddr=any",
            First = DateTimeOffset.UnixEpoch,
            Last = DateTimeOffset.UnixEpoch
        }, "");

    private static string Came(string name)
    {
        using var reader = new StreamReader(
            typeof(NoticeTemplates).Assembly.GetManifestResourceStream($"notices/{name}")!);
        return reader.ReadToEnd();
    }

    private void Put(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
