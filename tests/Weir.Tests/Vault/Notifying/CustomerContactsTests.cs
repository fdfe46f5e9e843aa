// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Tests.Support;
using Weir.Vault.Identity.Records;
using Weir.Vault.Notifying;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Tests.Vault.Notifying;

public sealed class CustomerContactsTests : IDisposable
{
    private static readonly SubscriberLineNamer Naming = new(new byte[32]);
    private static readonly HashSet<string> Languages = ["en", "de"];

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-contacts-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "contacts.csv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_line_is_found_by_name_and_by_the_narrowest_network()
    {
        var table = Read(
            "line,mail,language,protected,name",
            "# a remark",
            "10.0.0.0/8,wide@example.net,,,",
            "10.0.0.7/32,ann@example.net,de,protected,\"Example, Ann\"",
            "2001:db8:1:200::/56,six@example.net,,,",
            "customer:4711,bob@example.net,en,,Bob",
            "login:carl@isp,carl@example.net,,,");

        Assert.Equal(5, table.Rows);
        Assert.Empty(table.Faults);
        Assert.Equal(
            new CustomerContact("ann@example.net", "de", true, "Example, Ann"), table.Find(Static("10.0.0.7")));
        Assert.Equal("wide@example.net", table.Find(Static("10.0.0.8"))!.Mail);
        Assert.Equal("six@example.net", table.Find(Static("2001:db8:1:200::"))!.Mail);
        Assert.Null(table.Find(Static("192.0.2.1")));
        Assert.Equal("bob@example.net", table.Find(Line("customer:4711"))!.Mail);
        Assert.Equal(
            "carl@example.net", table.Find(Line(Naming.Hidden("user", Encoding.UTF8.GetBytes("carl@isp")).Text))!.Mail);
        Assert.Null(table.Find(Line("customer:4712")));
        Assert.Equal("en", table.Find(Static("10.0.0.8"))!.Language);
    }

    [Theory]
    [InlineData("10.0.0.7,no address,,,", "mail")]
    [InlineData("10.0.0.7,\"a@example.net\r\nBcc: b@example.net\",,,", "mail")]
    [InlineData("10.0.0.7,a@b@example.net,,,", "mail")]
    [InlineData("10.0.0.7,a@example.net;b@example.net,,,", "mail")]
    [InlineData("10.0.0.7,a@example.net,fr,,", "language")]
    [InlineData("10.0.0.7,a@example.net,,perhaps,", "protected")]
    [InlineData("10.0.0.7/8,a@example.net,,,", "line")]
    [InlineData("4711,a@example.net,,,", "line")]
    [InlineData("10.0.0.1,a@example.net,,,", "earlier")]
    [InlineData("10.0.0.7,a@example.net,,,\"An", "quotes")]
    public void A_row_that_is_wrong_is_left_out_and_told_by_its_number_alone(string row, string why)
    {
        var table = Read(
            "line,mail,language,protected,name", "10.0.0.1,first@example.net,,,", row, "10.0.0.9,last@example.net,,,");

        var fault = Assert.Single(table.Faults);
        Assert.Equal(3, fault.Line);
        Assert.Contains(why, fault.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("a@", fault.Why, StringComparison.Ordinal);
        Assert.Equal(2, table.Rows);
        Assert.NotNull(table.Find(Static("10.0.0.9")));
    }

    [Fact]
    public void A_file_without_the_columns_is_none() =>
        Assert.Contains(
            "line,mail", Assert.Throws<InvalidDataException>(() => Read("who,where", "10.0.0.1,a@example.net")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_contact_says_nothing_of_anybody_wherever_it_is_written() => Assert.DoesNotContain(
        "ann", $"{new CustomerContact("ann@example.net", "de", false, "Ann")}", StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void The_file_is_followed_and_one_that_broke_leaves_the_last_in_force()
    {
        Write("line,mail\n10.0.0.7,ann@example.net\n");
        var book = Open();
        Assert.Equal("ann@example.net", book.Find(Static("10.0.0.7"))!.Mail);

        Write("line,mail,language,protected,name\n10.0.0.7,anna@example.net,,protected,\n10.0.0.8,broken\n");
        book.ReloadIfChanged();
        Assert.Equal("anna@example.net", book.Find(Static("10.0.0.7"))!.Mail);
        Assert.True(book.IsProtected(Static("10.0.0.7")));
        Assert.Equal((1, 1, ""), (book.Rows, book.Refused, book.Fault));

        Write("nothing of use in this file\n");
        book.ReloadIfChanged();
        Assert.Contains("no column", book.Fault, StringComparison.Ordinal);
        Assert.Equal("anna@example.net", book.Find(Static("10.0.0.7"))!.Mail);

        File.Delete(Path);
        book.ReloadIfChanged();
        Assert.Contains("gone", book.Fault, StringComparison.Ordinal);
        Assert.Equal(1, book.Rows);

        Write("line,mail\n10.0.0.7,ann@example.org\n");
        book.ReloadIfChanged();
        Assert.Equal(("ann@example.org", ""), (book.Find(Static("10.0.0.7"))!.Mail, book.Fault));
    }

    [Fact]
    public void A_file_that_others_may_read_or_that_is_not_there_refuses_the_start()
    {
        Write("line,mail\n10.0.0.7,ann@example.net\n");
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains(
            "chmod 600", Assert.Throws<InvalidDataException>(() => Open()).Message, StringComparison.Ordinal);

        File.Delete(Path);
        Assert.Contains(
            "cannot be read", Assert.Throws<InvalidDataException>(() => Open()).Message, StringComparison.Ordinal);
    }

    private static CustomerContacts Read(params string[] lines) =>
        CustomerContacts.Read(lines, Naming, Languages, "en");

    private static SealedSubject Static(string address) => new(IpKey.Parse(address), "", 100, 0);

    private static SealedSubject Line(string name) => new(IpKey.Parse("fd00::1"), name, 100, 0);

    private CustomerContactFile Open() =>
        CustomerContactFile.Open(Path, Naming, Languages, "en", new FakeTimeProvider(DateTimeOffset.UnixEpoch), NullLogger.Instance);

    private void Write(string text)
    {
        File.WriteAllText(Path, text);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
