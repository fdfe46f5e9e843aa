// SPDX-License-Identifier: Apache-2.0
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Tests.Store;

public sealed class StoreAddressTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_login_file_open_to_others_is_refused()
    {
        File.WriteAllText(_file, "weir:secret:with:colons\n");
        Mode(UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains(
            "chmod 600", Assert.Throws<StoreException>(() => StoreLogin.Read(_file)).Message, StringComparison.Ordinal);
        Mode(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(new StoreLogin("weir", "secret:with:colons"), StoreLogin.Read(_file));
        Assert.DoesNotContain("secret", StoreLogin.Read(_file).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_login_file_without_a_login_or_without_a_file_is_named()
    {
        Mode(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains(
            $"{_file}:1", Assert.Throws<StoreException>(() => StoreLogin.Read(_file)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "/nowhere/login", Assert.Throws<StoreException>(() => StoreLogin.Read("/nowhere/login")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:8123")]
    [InlineData("ftp://store/")]
    [InlineData("")]
    public void What_is_no_address_is_refused_with_an_example(string text) =>
        Assert.Contains(
            "http://host:8123/", Assert.Throws<FormatException>(() => StoreAddress.ForServer(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task A_store_that_is_not_there_is_told_as_retryable_after_the_patience()
    {
        using var client = new ClickHouseHttp(StoreAddress.ForSocket(_file + ".sock"), TimeProvider.System)
        {
            Patience = TimeSpan.FromMilliseconds(200)
        };
        var fault = await Assert.ThrowsAsync<StoreException>(() => client.ExecuteAsync("SELECT 1", default));
        Assert.True(fault.Retryable);
        Assert.Contains(_file + ".sock", fault.Message, StringComparison.Ordinal);
        Assert.False(await client.PingAsync(default));
    }

    [Theory]
    [InlineData("Code: 60. DB::Exception: Table x does not exist.", 60, false)]
    [InlineData("Code: 241, e.displayText() = DB::Exception: Memory limit (total) exceeded", 241, true)]
    [InlineData("<html>Bad gateway</html>", 0, false)]
    [InlineData("", 0, false)]
    public void The_engines_error_texts_are_read(string text, int code, bool retryable)
    {
        var fault = StoreErrors.Parse(text);
        Assert.Equal(code, fault.Code);
        Assert.Equal(retryable, fault.Retryable);
        Assert.Equal(text, fault.Message);
    }

    [Theory]
    [InlineData("a'b\\c", "'a\\'b\\\\c'")]
    [InlineData("", "''")]
    public void A_text_cannot_leave_its_literal(string text, string literal) =>
        Assert.Equal(literal, SqlText.Literal(text));

    private void Mode(UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_file, mode);
        }
    }
}
