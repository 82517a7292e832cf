// A touch on a name fills it in; then only the PIN is to type.
const login = document.getElementById("login");
const pin = document.getElementById("pin");
for (const name of document.querySelectorAll("[data-login]")) {
  name.addEventListener("click", () => {
    login.value = name.dataset.login;
    pin.focus();
  });
}
(login.value ? pin : login).focus();
